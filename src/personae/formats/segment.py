"""Events that Segment, or a tool of the same specification, collected."""

from __future__ import annotations

from personae.model.format import Format, Signs

FORMAT = Format(
    title="a Segment export",
    documented="Spec: raw calls as JSON lines (type, messageId, anonymousId...), and the warehouse table of track calls",
    signs=(
        Signs(("anonymous_id", "event", "received_at", "sent_at")),
        Signs(("anonymous_id", "event_text", "received_at")),
        Signs(("anonymousid", "messageid", "type", "timestamp")),
        Signs(("anonymousid", "messageid", "type", "originaltimestamp")),
        Signs(("userid", "messageid", "type", "originaltimestamp")),
    ),
    id=("user_id", "userId", "anonymous_id", "anonymousId"),
    time=("timestamp", "original_timestamp", "originalTimestamp", "received_at", "receivedAt"),
    utc=True,
    event=("event_text", "event", "name", "type"),
    value=("properties.revenue", "properties.total", "properties.value", "revenue", "total", "value"),
    describe=("context_locale", "context_timezone", "context_campaign_*", "context_device_type", "context_os_name",
              "context.locale", "context.timezone", "context.campaign.*", "context.device.type", "context.os.name",
              "context_traits_*", "context.traits.*", "traits.*"),
    leave=("id", "uuid", "uuid_ts", "messageId", "message_id", "loaded_at", "sent_at", "sentAt", "received_at", "receivedAt",
           "original_timestamp", "originalTimestamp", "context_*", "context.*", "channel", "version", "projectId", "writeKey",
           "integrations", "integrations.*", "_metadata", "_metadata.*"),
    key=("messageId", "message_id", "id"),
)  # fmt: skip
