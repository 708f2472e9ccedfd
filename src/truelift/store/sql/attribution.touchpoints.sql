-- Every piece of evidence that a creator led to a conversion, as known at $known_at, up to $as_of.
-- The twin of truelift.attribution.path: the same rules, over whole tables.
--
-- One row per conversion and touch. A conversion that nothing touches has one row whose creator and
-- evidence are null, at position 1 of 1, so that every model accounts for every conversion.
--   position    place in the path, from 1: clicks by (time, click id), then codes by name backwards
--   touches     how many touches the path has
--   preference  place in the order in which code-first believes them, from 1
-- Parameters: $brand, $known_at, $as_of, $lookback_days.
with
conversions as (
    select
        'order' as conversion_kind, source, order_id as conversion_id, ordered_at as converted_at,
        day, upper(trim(code)) as code, codes, click_id, visitor,
        lower(utm_source) as utm_source, utm_content, utm_campaign
    from @known(orders) as known_orders
    where ordered_at <= $as_of
    union all
    select
        'lead' as conversion_kind, source, lead_id as conversion_id, created_at as converted_at,
        day, upper(trim(code)) as code, cast(null as string) as codes, click_id, visitor,
        cast(null as string) as utm_source, cast(null as string) as utm_content,
        cast(null as string) as utm_campaign
    from @known(leads) as known_leads
    where created_at <= $as_of
),

-- Lists of codes are few however many conversions carry them, so each is taken apart once.
digits as (
    select 0 as digit union all select 1 union all select 2 union all select 3 union all select 4
    union all select 5 union all select 6 union all select 7 union all select 8 union all select 9
),
numbers as (
    select tens.digit * 10 + ones.digit + 1 as number
    from digits as tens cross join digits as ones
),
lists as (
    select distinct codes from conversions where codes is not null
),
listed as (
    select distinct
        lists.codes, upper(trim(split_part(lists.codes, ';', numbers.number))) as code
    from lists cross join numbers
),
coded as (
    select conversion_kind, source, conversion_id, converted_at, day, code
    from conversions
    where code is not null
    union all
    select
        conversions.conversion_kind, conversions.source, conversions.conversion_id,
        conversions.converted_at, conversions.day, listed.code
    from conversions
    inner join listed on listed.codes = conversions.codes
    where listed.code <> coalesce(conversions.code, '')
),

-- Whose a code was: the code's own rows stand before aliases of kind `code`.
code_owners as (
    select
        code, 1 as standing,
        coalesce(valid_from, timestamp '0001-01-01 00:00:00') as since,
        coalesce(valid_to, timestamp '9999-12-31 23:59:59') as until,
        case when kind = 'sitewide' then null else creator end as creator,
        campaign,
        coalesce(kind, '') = 'evergreen' or campaign is null as evergreen
    from @catalog(codes)
    union all
    select
        upper(alias) as code, 2 as standing,
        coalesce(valid_from, timestamp '0001-01-01 00:00:00') as since,
        timestamp '9999-12-31 23:59:59' as until,
        creator, campaign, campaign is null as evergreen
    from @catalog(aliases)
    where kind = 'code'
),
codes_ranked as (
    select
        coded.conversion_kind, coded.source, coded.conversion_id, coded.converted_at, coded.day,
        coded.code, code_owners.creator, code_owners.campaign, code_owners.evergreen,
        row_number() over (
            partition by coded.conversion_kind, coded.source, coded.conversion_id, coded.code
            order by
                code_owners.standing asc nulls last, code_owners.since desc nulls last,
                code_owners.creator asc nulls first, code_owners.campaign asc nulls first
        ) as choice
    from coded
    inner join code_owners
        on code_owners.code = coded.code
        and code_owners.since <= coded.converted_at
        and code_owners.until > coded.converted_at
),

-- Human clicks on links that were a creator's when they were clicked.
post_platforms as (
    select post_id, min(platform) as platform
    from @known(posts) as known_posts
    group by post_id
),
owned_links as (
    select
        links.slug, links.creator, links.campaign, links.post_id, post_platforms.platform,
        coalesce(links.kind, '') = 'evergreen' or links.campaign is null as evergreen,
        coalesce(links.valid_from, timestamp '0001-01-01 00:00:00') as since,
        coalesce(links.valid_to, timestamp '9999-12-31 23:59:59') as until
    from @catalog(links) as links
    left join post_platforms on post_platforms.post_id = links.post_id
    where links.creator is not null
),
-- Each way names the clicks anew: named once, an engine would write all of them down in between,
-- though few of them led to a conversion.
clicked as (
    select
        conversions.conversion_kind, conversions.source, conversions.conversion_id,
        conversions.converted_at, conversions.day, 2 as strength, 'click' as evidence,
        clicks.click_id, clicks.clicked_at, clicks.slug
    from conversions
    inner join @known(clicks) as clicks
        on clicks.click_id = conversions.click_id
        and clicks.clicked_at <= conversions.converted_at
        and clicks.clicked_at >= @days_before(conversions.converted_at, $lookback_days)
    where clicks.class = 'human' and clicks.clicked_at <= $as_of
    union all
    select
        conversions.conversion_kind, conversions.source, conversions.conversion_id,
        conversions.converted_at, conversions.day, 3 as strength, 'visitor' as evidence,
        clicks.click_id, clicks.clicked_at, clicks.slug
    from conversions
    inner join @known(clicks) as clicks
        on clicks.visitor = conversions.visitor
        and clicks.clicked_at <= conversions.converted_at
        and clicks.clicked_at >= @days_before(conversions.converted_at, $lookback_days)
    where
        clicks.class = 'human' and clicks.clicked_at <= $as_of and clicks.consent
        and clicks.click_id <> coalesce(conversions.click_id, '')
),

-- Tags: TikTok Shop's own, then aliases of utm_content, then of utm_campaign.
utm_aliases as (
    select
        kind, lower(alias) as alias, creator, campaign,
        coalesce(valid_from, timestamp '0001-01-01 00:00:00') as since
    from @catalog(aliases)
),
content_aliases as (
    select alias, creator, campaign, since from utm_aliases where kind = 'utm_content'
),
campaign_aliases as (
    select alias, creator, campaign, since from utm_aliases where kind = 'utm_campaign'
),
tag_profiles as (
    select
        'tiktok_shop' as utm_source, platform || ':@' || handle as tag, platform, creator,
        coalesce(valid_from, timestamp '0001-01-01 00:00:00') as since,
        coalesce(valid_to, timestamp '9999-12-31 23:59:59') as until
    from @catalog(profiles)
),
tags_ranked as (
    select
        conversions.conversion_kind, conversions.source, conversions.conversion_id,
        conversions.converted_at, conversions.day, conversions.utm_content,
        conversions.utm_campaign, tag_profiles.creator as profile_creator, tag_profiles.platform,
        content_aliases.creator as content_creator, content_aliases.campaign as content_campaign,
        campaign_aliases.creator as campaign_creator,
        campaign_aliases.campaign as campaign_campaign,
        row_number() over (
            partition by
                conversions.conversion_kind, conversions.source, conversions.conversion_id
            order by
                content_aliases.since desc nulls last, content_aliases.creator asc nulls first,
                content_aliases.campaign asc nulls first,
                campaign_aliases.since desc nulls last, campaign_aliases.creator asc nulls first,
                campaign_aliases.campaign asc nulls first
        ) as choice
    from conversions
    left join tag_profiles
        on tag_profiles.utm_source = conversions.utm_source
        and tag_profiles.tag = lower(conversions.utm_content)
        and tag_profiles.since <= conversions.converted_at
        and tag_profiles.until > conversions.converted_at
    left join content_aliases
        on content_aliases.alias = lower(conversions.utm_content)
        and content_aliases.since <= conversions.converted_at
    left join campaign_aliases
        on campaign_aliases.alias = lower(conversions.utm_campaign)
        and campaign_aliases.since <= conversions.converted_at
    where
        tag_profiles.tag is not null
        or content_aliases.alias is not null
        or campaign_aliases.alias is not null
),
tags as (
    select
        conversion_kind, source, conversion_id, converted_at, day,
        coalesce(profile_creator, content_creator, campaign_creator) as creator,
        case
            when profile_creator is not null then campaign_campaign
            when content_creator is not null then coalesce(content_campaign, campaign_campaign)
            else campaign_campaign
        end as campaign,
        platform,
        case
            when coalesce(profile_creator, content_creator) is not null then utm_content
            else utm_campaign
        end as reference
    from tags_ranked
    where choice = 1 and coalesce(profile_creator, content_creator, campaign_creator) is not null
),

-- strength: the order in which code-first believes evidence; 5 stands for "none at all". Codes and
-- clicks stand side by side; a tag only alone, "none" only when there is nothing.
touched as (
    select
        conversion_kind, source, conversion_id, converted_at, day, 1 as strength,
        'code' as evidence, creator, campaign, cast(null as string) as platform,
        cast(null as string) as post_id, evergreen, converted_at as touched_at,
        code as reference, cast(null as string) as click_id
    from codes_ranked
    where choice = 1 and creator is not null
    union all
    select
        clicked.conversion_kind, clicked.source, clicked.conversion_id, clicked.converted_at,
        clicked.day, clicked.strength, clicked.evidence, owned_links.creator,
        owned_links.campaign, owned_links.platform, owned_links.post_id, owned_links.evergreen,
        clicked.clicked_at as touched_at, clicked.slug as reference, clicked.click_id
    from clicked
    inner join owned_links
        on owned_links.slug = clicked.slug
        and owned_links.since <= clicked.clicked_at
        and owned_links.until > clicked.clicked_at
),
known_ways as (
    select conversion_kind, source, conversion_id, 3 as strength from touched
    union all
    select conversion_kind, source, conversion_id, 4 as strength from tags
),
strongest as (
    select conversion_kind, source, conversion_id, min(strength) as strength
    from known_ways
    group by conversion_kind, source, conversion_id
),
kept as (
    select * from touched
    union all
    select
        tags.conversion_kind, tags.source, tags.conversion_id, tags.converted_at, tags.day,
        4 as strength, 'tag' as evidence, tags.creator, tags.campaign, tags.platform,
        cast(null as string) as post_id, tags.campaign is null as evergreen,
        tags.converted_at as touched_at, tags.reference, cast(null as string) as click_id
    from tags
    inner join strongest
        on strongest.conversion_kind = tags.conversion_kind
        and strongest.source is not distinct from tags.source
        and strongest.conversion_id = tags.conversion_id
    where strongest.strength = 4
    union all
    select
        conversions.conversion_kind, conversions.source, conversions.conversion_id,
        conversions.converted_at, conversions.day, 5 as strength,
        cast(null as string) as evidence, cast(null as string) as creator,
        cast(null as string) as campaign, cast(null as string) as platform,
        cast(null as string) as post_id, false as evergreen,
        cast(null as timestamp) as touched_at, cast(null as string) as reference,
        cast(null as string) as click_id
    from conversions
    left join strongest
        on strongest.conversion_kind = conversions.conversion_kind
        and strongest.source is not distinct from conversions.source
        and strongest.conversion_id = conversions.conversion_id
    where strongest.conversion_id is null
)
select
    conversion_kind, source, conversion_id, converted_at, day, creator, campaign, platform,
    post_id, evidence, evergreen, touched_at, reference, click_id,
    row_number() over (
        partition by conversion_kind, source, conversion_id
        order by
            case when strength = 1 then 1 else 0 end asc nulls last, touched_at asc nulls first,
            click_id asc nulls first, reference desc nulls last
    ) as position,
    count(*) over (partition by conversion_kind, source, conversion_id) as touches,
    row_number() over (
        partition by conversion_kind, source, conversion_id
        order by
            strength asc nulls last, touched_at desc nulls last, click_id desc nulls last,
            reference asc nulls last
    ) as preference
from kept
