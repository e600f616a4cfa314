"""Raw column to feature: fit, apply, sql, three faces of one step."""
