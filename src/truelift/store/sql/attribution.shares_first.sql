-- The first touch of the path takes the whole conversion.
-- One row per conversion; share_ppm is 1,000,000. creator is null where nothing attributes it.
-- In: the rows of attribution.touchpoints.
select
    conversion_kind, source, conversion_id, converted_at, day, creator, campaign, platform,
    post_id, evergreen, evidence, cast(1000000 as bigint) as share_ppm, position
from @given(touchpoints)
where position = 1
