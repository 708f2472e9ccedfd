-- dialect: sqlite
-- The guards of sealed baselines in SQLite: a pre-registration never changes. Statements are
-- separated by lines that say "-- next".
CREATE TRIGGER baseline_seal_once BEFORE INSERT ON baseline_seal
BEGIN
  SELECT RAISE(ABORT, 'baseline: this record is sealed already')
  WHERE EXISTS (SELECT 1 FROM baseline_seal WHERE brand = NEW.brand AND sha256 = NEW.sha256);
END
-- next
CREATE TRIGGER baseline_seal_no_update BEFORE UPDATE ON baseline_seal
BEGIN
  SELECT RAISE(ABORT, 'baseline: a sealed record never changes; seal a new one that says why');
END
-- next
CREATE TRIGGER baseline_seal_no_delete BEFORE DELETE ON baseline_seal
BEGIN
  SELECT RAISE(ABORT, 'baseline: a sealed record is never deleted');
END
