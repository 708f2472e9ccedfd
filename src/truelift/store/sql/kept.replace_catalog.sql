-- dialect: duckdb
-- Aliases of kind `name` call a person, move no share, and must be gone when they are erased.
delete from kept_codes where brand = $brand;
insert into kept_codes
select $brand, code, valid_from, valid_to, creator, campaign, kind from catalog_codes;
delete from kept_links where brand = $brand;
insert into kept_links
select $brand, slug, valid_from, valid_to, creator, campaign, kind, post_id from catalog_links;
delete from kept_aliases where brand = $brand;
insert into kept_aliases
select $brand, kind, alias, valid_from, creator, campaign from catalog_aliases
where kind in ('code', 'utm_content', 'utm_campaign');
delete from kept_profiles where brand = $brand;
insert into kept_profiles
select $brand, platform, handle, valid_from, valid_to, creator from catalog_profiles
