"""Events of Mixpanel."""

from __future__ import annotations

from personae.model.format import Format, Signs

FORMAT = Format(
    title="a Mixpanel export",
    documented="Raw Event Export API: JSON lines of {event, properties: {distinct_id, time, $insert_id...}}; CSV from the app",
    signs=(
        Signs(("event", "properties.distinct_id", "properties.time")),
        Signs(("event", "distinct_id", "time", "$insert_id")),
        Signs(("event", "distinct_id", "time", "mp_lib")),
    ),
    id=("properties.$user_id", "properties.distinct_id", "properties.$device_id", "$user_id", "distinct_id", "$device_id"),
    time=("properties.time", "time"),
    utc=True,
    event=("event",),
    value=("properties.$amount", "properties.amount", "properties.revenue", "$amount", "amount", "revenue"),
    describe=("properties.$city", "properties.$region", "properties.mp_country_code", "properties.$os", "properties.$browser",
              "properties.$device", "$city", "$region", "mp_country_code", "$os", "$browser", "$device"),
    leave=("properties.$insert_id", "properties.mp_*", "properties.$lib_version", "properties.$browser_version",
           "properties.$screen_height", "properties.$screen_width", "properties.$distinct_id_before_identity",
           "properties.$had_persisted_distinct_id", "properties.$is_reshuffled", "properties.$mp_*", "properties.$import",
           "properties.$identified_id", "properties.$anon_id", "properties.$radio", "properties.$wifi", "properties.token",
           "$insert_id", "mp_*", "$mp_*", "$lib_version", "$browser_version", "$screen_height", "$screen_width"),
    key=("properties.$insert_id", "$insert_id"),
)  # fmt: skip
