-- dialect: duckdb
select body_sha256, status, answer from answered_request
where person = $person and request_key = $request_key
