-- dialect: duckdb
-- Batches are smaller than DuckDB's groups of rows. At its own threshold of 16 MB each of them would
-- be written to the log and at once again to the file, and 128 MB takes a quarter off a large import.
set checkpoint_threshold = '128MB';
set memory_limit = $memory;
-- What does not fit is put on the disk that the spool is on too: a query may not fill it.
set max_temp_directory_size = $spill;
-- What is written to the terminal is ours to say.
set enable_progress_bar = false
