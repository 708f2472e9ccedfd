-- The journal's guards in SQLite. Statements are separated by lines that say "-- next".
-- Postings come first, the entry's header seals them: it is refused unless they balance, there are
-- at least two, its period is open and is the one of its date: the month, or where the brand has rows
-- of accounting periods (a calendar of weeks) the one of those. Nothing sealed is ever changed.
-- The same rules stand in ledger.journal_triggers.postgresql.sql; one suite holds the two together.

CREATE TRIGGER journal_entry_seal BEFORE INSERT ON journal_entry
BEGIN
  SELECT RAISE(ABORT, 'journal: this entry id is already there')
  WHERE EXISTS (SELECT 1 FROM journal_entry WHERE brand = NEW.brand AND entry_id = NEW.entry_id);
  SELECT RAISE(ABORT, 'journal: this number of the chain is already taken')
  WHERE EXISTS (SELECT 1 FROM journal_entry WHERE brand = NEW.brand AND seq = NEW.seq);
  SELECT RAISE(ABORT, 'journal: the entry is already reversed')
  WHERE NEW.reverses IS NOT NULL
    AND EXISTS (SELECT 1 FROM journal_entry WHERE brand = NEW.brand AND reverses = NEW.reverses);
  SELECT RAISE(ABORT, 'journal: the period is not the one of the effective date')
  WHERE date(NEW.effective_date) IS NULL OR date(NEW.effective_date) <> NEW.effective_date
     OR CASE WHEN EXISTS (SELECT 1 FROM accounting_period WHERE brand = NEW.brand)
        THEN NOT EXISTS (SELECT 1 FROM accounting_period
                         WHERE brand = NEW.brand AND period = NEW.period
                           AND NEW.effective_date BETWEEN first_day AND last_day)
        ELSE NEW.period <> substr(NEW.effective_date, 1, 7) END;
  SELECT RAISE(ABORT, 'journal period closed: nothing is posted in or before a closed period')
  WHERE EXISTS (SELECT 1 FROM period_status
                WHERE brand = NEW.brand AND status = 'closed' AND period >= NEW.period);
  SELECT CASE
    WHEN sums.postings < 2
      THEN RAISE(ABORT, 'journal: an entry needs two postings')
    WHEN sums.base <> 0
      THEN RAISE(ABORT, 'journal unbalanced: the postings do not sum to zero in base')
    -- A kind declares an exchange when it ends in _exchange, before the ~ of a later generation.
    WHEN sums.uneven AND substr(
        CASE instr(NEW.kind, '~') WHEN 0 THEN NEW.kind
          ELSE substr(NEW.kind, 1, instr(NEW.kind, '~') - 1) END, -9) <> '_exchange'
      THEN RAISE(ABORT, 'journal unbalanced: the postings do not sum to zero in a currency')
  END
  FROM (
    SELECT coalesce(sum(postings), 0) AS postings, coalesce(sum(base), 0) AS base, max(amount <> 0) AS uneven
    FROM (
      SELECT count(*) AS postings, sum(base_minor) AS base, sum(amount_minor) AS amount
      FROM journal_posting WHERE brand = NEW.brand AND seq = NEW.seq GROUP BY currency
    )
  ) AS sums;
END
-- next
CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry
BEGIN
  SELECT RAISE(ABORT, 'journal: an entry never changes; post its reversal and a new entry');
END
-- next
CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry
BEGIN
  SELECT RAISE(ABORT, 'journal: an entry is never deleted; post its reversal');
END
-- next
CREATE TRIGGER journal_posting_sealed BEFORE INSERT ON journal_posting
BEGIN
  SELECT RAISE(ABORT, 'journal: the entry is sealed and takes no more postings')
  WHERE EXISTS (SELECT 1 FROM journal_entry WHERE brand = NEW.brand AND seq = NEW.seq);
  SELECT RAISE(ABORT, 'journal: this posting is already there')
  WHERE EXISTS (SELECT 1 FROM journal_posting
                WHERE brand = NEW.brand AND seq = NEW.seq AND line_no = NEW.line_no);
END
-- next
CREATE TRIGGER journal_posting_no_update BEFORE UPDATE ON journal_posting
BEGIN
  SELECT RAISE(ABORT, 'journal: a posting never changes; post a reversal and a new entry');
END
-- next
CREATE TRIGGER journal_posting_no_delete BEFORE DELETE ON journal_posting
BEGIN
  SELECT RAISE(ABORT, 'journal: a posting is never deleted; post a reversal');
END
