-- Follower counts of creators' profiles, oldest first.
select
    coalesce(profiles.creator, followers.platform || ':' || followers.handle) as creator,
    followers.platform, followers.observed_at, followers.followers
from @known(followers) as followers
left join @catalog(profiles) as profiles
    on profiles.platform = followers.platform and profiles.handle = followers.handle
where followers.observed_at <= $as_of
order by followers.observed_at nulls first, creator nulls first, followers.platform nulls first
