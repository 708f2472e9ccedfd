-- Follower counts of creators' profiles, each by who owned the handle when it was counted, oldest
-- first.
select
    coalesce(profiles.creator, followers.platform || ':' || followers.handle) as creator,
    followers.platform, followers.handle, followers.observed_at, followers.followers
from @known(followers) as followers
left join @catalog(profiles) as profiles
    on profiles.platform = followers.platform and profiles.handle = followers.handle
    and (profiles.valid_from is null or profiles.valid_from <= followers.observed_at)
    and (profiles.valid_to is null or followers.observed_at < profiles.valid_to)
where followers.observed_at <= $as_of
order by followers.observed_at nulls first, creator nulls first, followers.platform nulls first,
    followers.handle nulls first
