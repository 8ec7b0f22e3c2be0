-- Whether the person uses the language lens. Each decides for themselves.

ALTER TABLE people ADD COLUMN lens BOOLEAN NOT NULL DEFAULT TRUE;
