-- Posts that name several campaigns.
select platform, post_id, campaigns
from @known(posts) as posts
where campaigns is not null and published_at <= $as_of
