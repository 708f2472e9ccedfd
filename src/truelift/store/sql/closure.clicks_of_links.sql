-- Clicks on links whose owner changed, or whose post is known in another way.
select click_id, visitor, clicked_at
from @known(clicks) as clicks
where slug in (select slug from @given(changed_links))
