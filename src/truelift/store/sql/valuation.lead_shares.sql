-- Attributed leads; evergreen ones belong to the campaign their creator was live in on that day.
with shares as (
    select * from @given(shares) as given_rows where conversion_kind = 'lead'
),
placed as (
    select
        shares.source, shares.conversion_id, shares.position, launches.campaign,
        row_number() over (
            partition by shares.source, shares.conversion_id, shares.position
            order by launches.launched_at desc nulls last, launches.campaign nulls last
        ) as preference
    from shares
    join @given(launches) as launches
        on launches.creator = shares.creator
        and shares.converted_at >= launches.launched_at
        and shares.converted_at < launches.ends_at
    where shares.campaign is null
)
select
    leads.source, leads.lead_id, leads.created_at, leads.day, leads.stage, leads.won_at,
    leads.value, leads.currency, shares.creator,
    coalesce(shares.campaign, placed.campaign) as campaign, shares.platform, shares.post_id,
    shares.evidence, shares.share_ppm, leads.source_file, leads.source_line
from shares
join @known(leads) as leads
    on leads.source = shares.source and leads.lead_id = shares.conversion_id
left join placed
    on placed.source = shares.source and placed.conversion_id = shares.conversion_id
    and placed.position = shares.position and placed.preference = 1
where leads.created_at <= $as_of
order by leads.source nulls first, leads.lead_id nulls first, shares.position nulls first
