"""Profiles of Klaviyo."""

from __future__ import annotations

from personae.model.format import Format, Signs

FORMAT = Format(
    title="a Klaviyo export of profiles",
    documented="CSV of a list or segment: who a profile is, when it was active, what it ordered, what is predicted of it",
    signs=(
        Signs(("Email", "First Active", "Last Active", "Profile Created On")),
        Signs(("Email", "Historic Customer Lifetime Value", "Predicted Customer Lifetime Value")),
        Signs(("Email", "Klaviyo ID", "First Active")),
    ),
    id=("Klaviyo ID", "Profile ID", "Email"),
    behaviour=("Historic *", "Average *"),
    describe=("Country", "Region", "City", "Language", "Locale", "Source", "Initial Source*", "Last Source*",
              "Email Marketing Consent", "SMS Marketing Consent"),
    outcome=("Churn Risk Prediction", "Predicted *", "Total Customer Lifetime Value", "Expected Date Of Next Order"),
    leave=("Phone Number", "First Name", "Last Name", "Full Name", "Organization", "Title", "Address*", "Zip Code", "Zip",
           "Latitude", "Longitude", "IP Address", "$consent*", "$phone*", "$source", "External ID", "*Timestamp",
           "Email Suppressions", "Email List Suppressions*", "Profile Picture"),
    entity="customer",
)  # fmt: skip
