-- The cost documents that are known.
select distinct document from @known(costs) as costs order by document nulls first
