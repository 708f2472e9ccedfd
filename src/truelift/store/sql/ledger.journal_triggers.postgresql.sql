-- dialect: postgresql
-- The journal's guards in PostgreSQL. Statements are separated by lines that say "-- next".
-- The rules are those of ledger.journal_triggers.sqlite.sql; unique keys do what REPLACE makes
-- necessary there. What is different here:
-- Writers of a brand take turns by a lock on its journal, held until they commit: otherwise one
-- could add to an entry that another has sealed and not committed, or post while a period is closed.
-- After the lock every question must see what was committed before, so snapshots that are older
-- (repeatable read, serializable) are refused.
-- Each entry looks up its own postings by their key: without statistics the planner would read the
-- whole table for every entry, so reading in bulk is switched off inside the guards.
-- pg_temp comes last in the path, or a temporary table could stand in for one of ours.

CREATE FUNCTION journal_take_turn(brand text) RETURNS void LANGUAGE plpgsql AS $guard$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation',
      MESSAGE = 'journal: it is written in read committed transactions only';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('journal:' || brand, 0));
END
$guard$
-- next
CREATE FUNCTION journal_entry_seal() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off AS $guard$
DECLARE
  sums record;
  refused text;
BEGIN
  PERFORM journal_take_turn(NEW.brand);
  IF NEW.period <> left(NEW.effective_date, 7)
    OR NEW.effective_date !~ '^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'
  THEN
    refused := 'journal: the period is not the month of the effective date';
  ELSIF right(NEW.effective_date, 2)::int > 28
    AND to_char((NEW.period || '-01')::date + right(NEW.effective_date, 2)::int - 1, 'YYYY-MM')
      <> NEW.period
  THEN
    refused := 'journal: the period is not the month of the effective date';
  ELSIF EXISTS (SELECT FROM period_status
                WHERE brand = NEW.brand AND status = 'closed' AND period >= NEW.period)
  THEN
    refused := 'journal period closed: nothing is posted in or before a closed period';
  ELSE
    SELECT coalesce(sum(each.postings), 0) AS postings, coalesce(sum(each.base), 0) AS base,
      coalesce(bool_or(each.amount <> 0), false) AS uneven
    INTO sums
    FROM (
      SELECT count(*) AS postings, sum(base_minor) AS base, sum(amount_minor) AS amount
      FROM journal_posting WHERE brand = NEW.brand AND seq = NEW.seq GROUP BY currency
    ) AS each;
    IF sums.postings < 2 THEN
      refused := 'journal: an entry needs two postings';
    ELSIF sums.base <> 0 THEN
      refused := 'journal unbalanced: the postings do not sum to zero in base';
    ELSIF sums.uneven AND right(split_part(NEW.kind, '~', 1), 9) <> '_exchange' THEN
      refused := 'journal unbalanced: the postings do not sum to zero in a currency';
    END IF;
  END IF;
  IF refused IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = refused;
  END IF;
  RETURN NEW;
END
$guard$
-- next
CREATE TRIGGER journal_entry_seal BEFORE INSERT ON journal_entry
FOR EACH ROW EXECUTE FUNCTION journal_entry_seal()
-- next
CREATE FUNCTION journal_posting_sealed() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off AS $guard$
BEGIN
  PERFORM journal_take_turn(NEW.brand);
  IF EXISTS (SELECT FROM journal_entry WHERE brand = NEW.brand AND seq = NEW.seq) THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation',
      MESSAGE = 'journal: the entry is sealed and takes no more postings';
  END IF;
  RETURN NEW;
END
$guard$
-- next
CREATE TRIGGER journal_posting_sealed BEFORE INSERT ON journal_posting
FOR EACH ROW EXECUTE FUNCTION journal_posting_sealed()
-- next
CREATE FUNCTION journal_never_changes() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation',
    MESSAGE = 'journal: it never changes; post a reversal and a new entry';
END
$guard$
-- next
CREATE TRIGGER journal_entry_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entry
FOR EACH STATEMENT EXECUTE FUNCTION journal_never_changes()
-- next
CREATE TRIGGER journal_posting_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_posting
FOR EACH STATEMENT EXECUTE FUNCTION journal_never_changes()
-- next
CREATE TRIGGER journal_entry_row_no_change BEFORE UPDATE OR DELETE ON journal_entry
FOR EACH ROW EXECUTE FUNCTION journal_never_changes()
-- next
CREATE TRIGGER journal_posting_row_no_change BEFORE UPDATE OR DELETE ON journal_posting
FOR EACH ROW EXECUTE FUNCTION journal_never_changes()
-- next
CREATE FUNCTION period_status_take_turn() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $guard$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM journal_take_turn(OLD.brand);
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  PERFORM journal_take_turn(NEW.brand);
  RETURN NEW;
END
$guard$
-- next
CREATE TRIGGER period_status_take_turn BEFORE INSERT OR UPDATE OR DELETE ON period_status
FOR EACH ROW EXECUTE FUNCTION period_status_take_turn()
