-- Every touch of the path takes the same share, to the part per million.
-- 1,000,000 is split into whole parts; left-over parts go to the earlier touches, one each. Touches
-- that belong together (same creator, campaign, platform and post) give one row with their sum, at
-- the position and with the evidence of the last of them.
-- In: the rows of attribution.touchpoints.
with
even as (
    select
        touchpoints.*,
        @whole(1000000, touches) as part,
        1000000 - touches * @whole(1000000, touches) as left_over
    from @given(touchpoints) as touchpoints
),
parted as (
    select
        even.*,
        case when position <= left_over then part + 1 else part end as touch_ppm
    from even
),
summed as (
    select
        parted.*,
        cast(sum(touch_ppm) over (
            partition by
                conversion_kind, source, conversion_id, creator, campaign, platform, post_id,
                evergreen
        ) as bigint) as share_ppm,
        row_number() over (
            partition by
                conversion_kind, source, conversion_id, creator, campaign, platform, post_id,
                evergreen
            order by position desc nulls last
        ) as from_last
    from parted
)
select
    conversion_kind, source, conversion_id, converted_at, day, creator, campaign, platform,
    post_id, evergreen, evidence, share_ppm, position
from summed
where from_last = 1
