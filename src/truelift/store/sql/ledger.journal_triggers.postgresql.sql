-- dialect: postgresql
-- The journal's guards in PostgreSQL. Statements are separated by lines that say "-- next".
-- The rules are those of ledger.journal_triggers.sqlite.sql; unique keys do what REPLACE makes
-- necessary there. What is different here:
-- Writers of a brand take turns by a lock on its journal, held until they commit: otherwise one
-- could add to an entry that another has sealed and not committed, or post while a period is closed.
-- After the lock every question must see what was committed before, so snapshots that are older
-- (repeatable read, serializable) are refused.
-- The guards look at all rows of a statement at once, and each entry at its own postings by their
-- key: without statistics the planner would read the whole table, so every other way is switched off
-- inside them. What is switched off counts as dear, and the planner would compile the dear query each
-- time, .8 seconds of it: so jit is off too. For the same reason no unique key but the primary one begins with the brand.
-- pg_temp comes last in the path, or a temporary table could stand in for one of ours.

ALTER TABLE journal_entry
DROP CONSTRAINT journal_entry_brand_entry_id_key,
DROP CONSTRAINT journal_entry_brand_reverses_key,
ADD CONSTRAINT journal_entry_id_once UNIQUE (entry_id, brand),
ADD CONSTRAINT journal_entry_reversed_once UNIQUE (reverses, brand)
-- next
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
SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $guard$
DECLARE
  refused text;
BEGIN
  PERFORM journal_take_turn(each.brand)
  FROM (SELECT DISTINCT brand FROM added ORDER BY brand) AS each;
  SELECT told.refused INTO refused
  FROM added AS entry
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(each.postings), 0) AS postings, coalesce(sum(each.base), 0) AS base,
      coalesce(bool_or(each.amount <> 0), false) AS uneven
    FROM (
      SELECT count(*) AS postings, sum(base_minor) AS base, sum(amount_minor) AS amount
      FROM journal_posting WHERE brand = entry.brand AND seq = entry.seq GROUP BY currency
    ) AS each
  ) AS sums
  CROSS JOIN LATERAL (
    SELECT CASE
      WHEN entry.effective_date !~ '^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'
        THEN 'journal: the period is not the one of the effective date'
      WHEN right(entry.effective_date, 2) > '28' AND to_char(
          (left(entry.effective_date, 7) || '-01')::date
          + right(entry.effective_date, 2)::int - 1, 'YYYY-MM'
        ) <> left(entry.effective_date, 7)
        THEN 'journal: the period is not the one of the effective date'
      -- The month, or where the brand has rows of accounting periods the one of those.
      WHEN CASE WHEN EXISTS (SELECT FROM accounting_period AS own WHERE own.brand = entry.brand)
        THEN NOT EXISTS (SELECT FROM accounting_period AS own
                         WHERE own.brand = entry.brand AND own.period = entry.period
                           AND entry.effective_date BETWEEN own.first_day AND own.last_day)
        ELSE entry.period <> left(entry.effective_date, 7) END
        THEN 'journal: the period is not the one of the effective date'
      WHEN EXISTS (SELECT FROM period_status AS closed WHERE closed.brand = entry.brand
                   AND closed.status = 'closed' AND closed.period >= entry.period)
        THEN 'journal period closed: nothing is posted in or before a closed period'
      WHEN sums.postings < 2
        THEN 'journal: an entry needs two postings'
      WHEN sums.base <> 0
        THEN 'journal unbalanced: the postings do not sum to zero in base'
      -- A kind declares an exchange when it ends in _exchange, before the ~ of a later generation.
      WHEN sums.uneven AND right(split_part(entry.kind, '~', 1), 9) <> '_exchange'
        THEN 'journal unbalanced: the postings do not sum to zero in a currency'
    END AS refused
  ) AS told
  WHERE told.refused IS NOT NULL
  ORDER BY entry.brand, entry.seq LIMIT 1;
  IF refused IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = refused;
  END IF;
  RETURN NULL;
END
$guard$
-- next
CREATE TRIGGER journal_entry_seal AFTER INSERT ON journal_entry REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION journal_entry_seal()
-- next
CREATE FUNCTION journal_posting_sealed() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $guard$
BEGIN
  PERFORM journal_take_turn(each.brand)
  FROM (SELECT DISTINCT brand FROM added ORDER BY brand) AS each;
  IF EXISTS (
    SELECT FROM (SELECT DISTINCT brand, seq FROM added) AS posting
    JOIN journal_entry AS entry ON entry.brand = posting.brand AND entry.seq = posting.seq
  ) THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation',
      MESSAGE = 'journal: the entry is sealed and takes no more postings';
  END IF;
  RETURN NULL;
END
$guard$
-- next
CREATE TRIGGER journal_posting_sealed AFTER INSERT ON journal_posting REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION journal_posting_sealed()
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
