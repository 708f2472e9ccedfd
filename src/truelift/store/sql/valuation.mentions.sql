-- Posts that carry a campaign's hashtag, by creator.
select
    tags.campaign, profiles.creator, mentions.platform, mentions.post_id
from @known(mentions) as mentions
join @given(campaign_hashtags) as tags on tags.hashtag = lower(mentions.tag)
left join @catalog(profiles) as profiles
    on profiles.platform = mentions.platform and profiles.handle = mentions.handle
where mentions.published_at is null or mentions.published_at <= $as_of
order by
    tags.campaign nulls first, creator nulls first, mentions.platform nulls first,
    mentions.post_id nulls first
