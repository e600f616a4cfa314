"""Events of Google Analytics 4, as BigQuery holds them."""

from __future__ import annotations

from personae.model.format import Format, Signs

FORMAT = Format(
    title="a Google Analytics 4 export",
    documented="BigQuery export of GA4: one row an event, event_params a list of {key, value: {string_value, int_value, ...}}",
    signs=(Signs(("event_name", "event_timestamp", "user_pseudo_id")),),
    id=("user_id", "user_pseudo_id"),
    time=("event_timestamp",),
    event=("event_name",),
    value=("ecommerce.purchase_revenue", "event_params.value", "event_value_in_usd"),
    describe=("device.category", "device.operating_system", "device.language", "geo.country", "geo.region", "geo.city",
              "geo.continent", "traffic_source.*", "platform", "user_properties.*"),
    leave=("event_date", "event_previous_timestamp", "event_bundle_sequence_id", "event_server_timestamp_offset", "stream_id",
           "user_first_touch_timestamp", "privacy_info*", "device.*", "geo.*", "app_info*", "collected_traffic_source*",
           "session_traffic_source_last_click*", "event_dimensions*", "items", "ecommerce.transaction_id", "user_ltv.currency",
           "is_active_user", "batch_*", "publisher*", "event_params.ga_session_id", "event_params.batch_*",
           "event_params.engaged_session_event", "event_params.session_engaged", "event_params.gclid", "user_properties",
           "event_params", "ecommerce"),
    currency=("event_params.currency",),
)  # fmt: skip
