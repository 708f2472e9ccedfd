-- Conversions whose code names one creator while a click or a second code names another.
-- The first code wins (code-first); the list shows what it won against, so that nobody is surprised.
-- One row per conversion and other creator, by that creator's last touch. The twin of
-- truelift.attribution.conflicts.
-- In: the rows of attribution.touchpoints.
with
compared as (
    select
        touchpoints.*,
        first_value(creator) over (
            partition by conversion_kind, source, conversion_id
            order by preference asc nulls last
        ) as chosen_creator,
        first_value(evidence) over (
            partition by conversion_kind, source, conversion_id
            order by preference asc nulls last
        ) as chosen_evidence,
        first_value(reference) over (
            partition by conversion_kind, source, conversion_id
            order by preference asc nulls last
        ) as chosen_reference
    from @given(touchpoints) as touchpoints
    where touches > 1
),
others as (
    select
        compared.*,
        row_number() over (
            partition by conversion_kind, source, conversion_id, creator
            order by position desc nulls last
        ) as from_last
    from compared
    where chosen_evidence = 'code' and creator <> chosen_creator
)
select
    conversion_kind, source, conversion_id, converted_at, day, chosen_creator as creator,
    chosen_reference as reference, creator as other_creator, evidence as other_evidence,
    reference as other_reference, click_id as other_click_id, touched_at as other_touched_at
from others
where from_last = 1
