"""Events of PostHog."""

from __future__ import annotations

from personae.model.format import Format, Signs

FORMAT = Format(
    title="a PostHog export",
    documented="Batch export of events (uuid, event, distinct_id, person_id, properties, timestamp); events as JSON or CSV",
    signs=(
        Signs(("uuid", "event", "distinct_id", "timestamp")),
        Signs(("event", "distinct_id", "timestamp", "elements_chain")),
        Signs(("event", "distinct_id", "timestamp", "properties.$lib")),
        Signs(("event", "person.distinct_id", "timestamp")),
    ),
    id=("person_id", "person.uuid", "person.id", "distinct_id", "person.distinct_id"),
    time=("timestamp",),
    utc=True,
    event=("event",),
    value=("properties.revenue", "properties.amount", "properties.value", "properties.total"),
    describe=("properties.$browser", "properties.$os", "properties.$device_type", "properties.$geoip_country_name",
              "properties.$geoip_country_code", "properties.$initial_utm_source", "person.properties.*", "person_properties.*"),
    leave=("uuid", "id", "team_id", "created_at", "bq_ingested_timestamp", "_inserted_at", "elements", "elements_chain", "ip",
           "site_url", "set", "set_once", "properties", "person_properties", "person", "person.*", "properties.$*",
           "properties.token", "properties.distinct_id"),
    key=("uuid",),
)  # fmt: skip
