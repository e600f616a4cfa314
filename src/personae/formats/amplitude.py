"""Events of Amplitude."""

from __future__ import annotations

from personae.model.format import Format, Signs

FORMAT = Format(
    title="an Amplitude export",
    documented="Export API: a zip of gzipped files with one JSON object an event; the same columns as CSV from the app",
    signs=(Signs(("event_type", "event_time", "amplitude_id")), Signs(("event_type", "event_time", "$insert_id", "device_id"))),
    id=("user_id", "amplitude_id", "device_id"),
    time=("event_time", "client_event_time"),
    utc=True,
    event=("event_type",),
    value=("event_properties.$revenue", "event_properties.revenue", "$revenue", "revenue"),
    describe=("country", "region", "city", "language", "platform", "os_name", "device_family", "device_type", "device_carrier",
              "user_properties.*"),
    leave=("$insert_id", "insert_id", "uuid", "event_id", "session_id", "app", "$schema", "schema", "library", "data", "data.*",
           "plan", "plan.*", "ip_address", "location_lat", "location_lng", "dma", "idfa", "adid", "sample_rate", "paid",
           "client_event_time", "client_upload_time", "server_upload_time", "server_received_time", "processed_time",
           "user_creation_time", "amplitude_attribution_ids", "amplitude_event_type", "is_attribution_event",
           "global_user_properties*", "groups*", "group_properties*", "partner_id", "source_id", "os_version",
           "device_model", "device_brand", "device_manufacturer", "version_name", "start_version", "user_properties"),
    key=("$insert_id", "insert_id", "uuid"),
)  # fmt: skip
