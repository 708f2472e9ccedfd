-- dialect: duckdb
delete from answered_request where answered_at < $before;
insert into answered_request values ($person, $request_key, $body_hash, $status, $answer, $now)
