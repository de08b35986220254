"""The change log is append-only: PostgreSQL sets its moments and hashes and lets nobody alter it.

Each row's hash is SHA-256 over the row and the hash of the organisation's row before it, so that a row altered by
somebody who switched the triggers off is found (`manage.py check_changes`). Rows of a sample organisation may go with
it; which organisation is a sample is fixed when it is made.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION companies_change_text(row_ companies_change) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_array(row_.previous_hash, row_.id, row_.organisation_id,
        to_char(row_.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), row_.actor_id, row_.action,
        row_.object_kind, row_.object_id, row_.before, row_.after, row_.via, row_.api_key_id, row_.request_id)::text
$$;

CREATE FUNCTION companies_change_hash(row_ companies_change) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(companies_change_text(row_), 'UTF8')), 'hex')
$$;

CREATE FUNCTION companies_change_append() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('companies_change ' || coalesce(NEW.organisation_id::text, ''), 0));
    NEW.id := nextval(pg_get_serial_sequence('companies_change', 'id'));
    NEW.at := clock_timestamp();
    NEW.previous_hash := coalesce((
        SELECT hash FROM companies_change
         WHERE organisation_id IS NOT DISTINCT FROM NEW.organisation_id ORDER BY id DESC LIMIT 1), '');
    NEW.hash := companies_change_hash(NEW);
    RETURN NEW;
END
$$;

CREATE FUNCTION companies_change_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT 1 FROM companies_organisation WHERE id = OLD.organisation_id AND is_sample)
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the change log is append-only' USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE FUNCTION companies_sample_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'whether an organisation is a sample is fixed' USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE TRIGGER change_appended BEFORE INSERT ON companies_change
    FOR EACH ROW EXECUTE FUNCTION companies_change_append();
CREATE TRIGGER change_kept BEFORE UPDATE OR DELETE ON companies_change
    FOR EACH ROW EXECUTE FUNCTION companies_change_refuse();
CREATE TRIGGER change_not_emptied BEFORE TRUNCATE ON companies_change
    FOR EACH STATEMENT EXECUTE FUNCTION companies_change_refuse();
CREATE TRIGGER sample_fixed BEFORE UPDATE ON companies_organisation
    FOR EACH ROW WHEN (OLD.is_sample IS DISTINCT FROM NEW.is_sample) EXECUTE FUNCTION companies_sample_fixed();
"""
BACKWARD = """
DROP TRIGGER sample_fixed ON companies_organisation;
DROP TRIGGER change_not_emptied ON companies_change;
DROP TRIGGER change_kept ON companies_change;
DROP TRIGGER change_appended ON companies_change;
DROP FUNCTION companies_sample_fixed();
DROP FUNCTION companies_change_refuse();
DROP FUNCTION companies_change_append();
DROP FUNCTION companies_change_hash(companies_change);
DROP FUNCTION companies_change_text(companies_change);
"""


class Migration(migrations.Migration):
    dependencies = [("companies", "0005_organisations_records_changes")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
