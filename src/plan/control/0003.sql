-- Tenants' own administrators decide about places, not about people: who is disabled here keeps a place elsewhere, and what
-- somebody is called here may be said by whoever invited them, and is not read from there.
ALTER TABLE {schema}.membership
    ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    ADD COLUMN title text,
    ADD COLUMN disabled_at timestamptz,
    ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
    DROP CONSTRAINT membership_origin_check,
    ADD CONSTRAINT membership_origin_check CHECK (origin IN ('spec', 'command', 'team'));
