-- Conversions whose shares as kept are not those made anew, each once.
with
lost as (
    select * from @given(made)
    except all
    select * from @given(kept)
),
added as (
    select * from @given(kept)
    except all
    select * from @given(made)
)
select distinct conversion_kind, source, conversion_id from (
    select conversion_kind, source, conversion_id from lost
    union all
    select conversion_kind, source, conversion_id from added
) as differing
order by conversion_kind nulls first, source nulls first, conversion_id nulls first
