-- Captions in which a hashtag may stand; the signs are # and its full-width form.
select platform, post_id, caption
from @known(posts) as posts
where (caption like '%#%' or caption like '%＃%') and published_at <= $as_of
