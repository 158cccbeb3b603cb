import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aggregateFunctions } from "../../src/sql/query/aggregate-functions.ts";
import { numberFunctions } from "../../src/sql/query/number-functions.ts";
import { otherFunctions } from "../../src/sql/query/other-functions.ts";
import { textFunctions } from "../../src/sql/query/text-functions.ts";
import { timeFunctions } from "../../src/sql/query/time-functions.ts";
import { QuerySession } from "./query-session.ts";

let session: QuerySession;

beforeAll(async () => {
  session = await QuerySession.open({
    t: {
      a: "bigint",
      b: "string",
      d: "datetime",
      l: "array<string>",
      m: "map<string,bigint>",
      s: "struct<x:bigint,y:string>",
      n: "decimal(10,2)",
      dt: "date",
      ts: "timestamp",
      bin: "binary",
      f: "double",
      pt: "string",
    },
    u: { a: "bigint", c: "string" },
  });
  await session.connection.run(`
    INSERT INTO main.t VALUES
    (1, 'x', '2024-01-02 03:04:05.678', ['p', 'q'], MAP {'k': 7}, {'x': 1, 'y': 'z'}, 1.50, '2024-02-29',
     '2024-01-02 03:04:05.123456789', 'ab'::BLOB, 2.5, '20240101'),
    (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '20240102')`);
  await session.connection.run("INSERT INTO main.u VALUES (1, 'one'), (3, 'three')");
});

afterAll(() => session.close());

/** The only row of a SELECT list. */
const one = async (list: string, from = ""): Promise<unknown> =>
  (await session.query(`select ${list} ${from}`)).rows[0];

/** The first row of t. */
const first = (list: string): Promise<unknown> => one(list, "from t where a = 1");

describe("result columns", () => {
  it("are named by alias, by column, or by place", async () => {
    expect(
      (await session.query("select a, b as `B c`, t.s.y, a + 1, count(*) over (), `pt` from t")).columns,
    ).toEqual(["a bigint", "B c string", "y string", "_c3 bigint", "_c4 bigint", "pt string"]);
  });

  it("keep the types of the dialect", async () => {
    expect((await session.query("select * from t")).columns).toEqual([
      "a bigint",
      "b string",
      "d datetime",
      "l array<string>",
      "m map<string,bigint>",
      "s struct<x:bigint,y:string>",
      "n decimal(10,2)",
      "dt date",
      "ts timestamp",
      "bin binary",
      "f double",
      "pt string",
    ]);
    const list =
      "1, 1L, 1Y, 1S, 1.5, 1.50BD, 'a', true, date'2024-01-02', sum(a), sum(n), sum(f), avg(a), max(d), min(ts)";
    expect((await session.query(`select ${list} from t`)).columns).toEqual([
      "_c0 int",
      "_c1 bigint",
      "_c2 tinyint",
      "_c3 smallint",
      "_c4 double",
      "_c5 decimal(3,2)",
      "_c6 string",
      "_c7 boolean",
      "_c8 date",
      "_c9 bigint",
      "_c10 decimal(38,2)",
      "_c11 double",
      "_c12 double",
      "_c13 datetime",
      "_c14 timestamp",
    ]);
  });
});

describe("constants", () => {
  it.each<[string, unknown[]]>([
    ["1, -1, 2147483648, 1.5, 1e3, 12.50BD, .5", [1, -1, "2147483648", 1.5, 1000, "12.50", 0.5]],
    ["'it\\'s', \"it's\", 'a' 'b', 'x\\0y', '汉\\n'", ["it's", "it's", "ab", "x\0y", "汉\n"]],
    ["null, true, FALSE", [null, true, false]],
    ["date '2024-02-29', datetime '2024-01-02 03:04:05'", ["2024-02-29", "2024-01-02 03:04:05"]],
    [
      "timestamp '2024-01-02 03:04:05.123456789', json '{\"a\":1}'",
      ["2024-01-02 03:04:05.123456789", '{"a":1}'],
    ],
    ["x'4142', X''", ["AB", ""]],
  ])("reads %s", async (list, row) => {
    expect(await one(list)).toEqual(row);
  });
});

describe("operators", () => {
  it.each<[string, unknown[]]>([
    ["7 / 2, 7 div 2, 7 % 4, a / 0, a % 0, a div 0", [3.5, 3, 3, null, null, null]],
    ["1 + 2 * 3 - 4, (1 + 2) * 3, - - 2, ~ 1", [3, 9, 2, -2]],
    ["5 ^ 3, 5 & 3, 5 | 3, 1 | 2 ^ 3 & 1", [6, 1, 7, 3]],
    ["'a' || b || 1", ["ax1"]],
    ["a = 1, a == 1, a <> 1, a != 1, a <=> null, null <=> null", [true, true, false, false, false, true]],
    ["not a = 1, not not true, a = 1 and b = 'y' or true", [false, true, true]],
    ["a between 0 and 1, a not between 0 and 1", [true, false]],
    ["a in (1, 2), a not in (1, 2), b in ('x')", [true, false, true]],
    ["b is null, b is not null, (a = 1) is true, (a = 2) is not false", [false, true, true, false]],
    ["'100%' like '100\\\\%', '100x' like '100\\\\%', 'a_b' like 'a!_b' escape '!'", [true, false, true]],
    ["b rlike '^X', 'foo' rlike 'o+', 'foo' not regexp 'x'", [false, true, true]],
    ["case when a = 2 then 'two' else 'other' end, case a when 1 then 'one' end", ["other", "one"]],
    ["l[0], l[1], l[2], l[-1], m['k'], m['none'], s.x, s.y", ["p", "q", null, null, "7", null, "1", "z"]],
  ])("computes %s", async (list, row) => {
    expect(await first(list)).toEqual(row);
  });

  it("compares text with numbers as numbers, and with dates as dates", async () => {
    expect(
      await first(
        "pt = 20240101, pt > 9, pt in (20240101), pt between 1 and 2, b = 1, d > '2024-01-01', dt = '2024-02-29'",
      ),
    ).toEqual([true, true, true, false, null, true, true]);
    expect((await session.query("select a from t where pt = 20240102")).rows).toEqual([["2"]]);
  });

  it("adds intervals, and keeps dates dates", async () => {
    const list =
      "dt + interval 1 day, dt + interval '1' month, d + interval '1 2:03:04' day to second, d - interval 3 hours, " +
      "ts + interval '1-2' year to month, interval 1 day + dt, dt + interval 2 hour, d + interval 1.5 second";
    expect(
      (await session.query(`select ${list} from t where a = 1`)).columns.map((name) => name.split(" ")[1]),
    ).toEqual(["date", "date", "datetime", "datetime", "timestamp", "date", "datetime", "datetime"]);
    expect(await first(list)).toEqual([
      "2024-03-01",
      "2024-03-29",
      "2024-01-03 05:07:09.678",
      "2024-01-02 00:04:05.678",
      "2025-03-02 03:04:05.123456",
      "2024-03-01",
      "2024-02-29 02:00:00",
      "2024-01-02 03:04:07.178",
    ]);
  });
});

describe("CAST", () => {
  it.each<[string, unknown[]]>([
    [
      "cast('12' as bigint), cast(' 12.7 ' as int), cast('x' as int), cast('' as bigint)",
      ["12", 12, null, null],
    ],
    ["cast(2.7 as bigint), cast(-2.7 as int), cast(300 as tinyint), cast(2.5BD as int)", ["2", -2, null, 2]],
    ["cast('9223372036854775807' as bigint), cast('1e3' as double)", ["9223372036854775807", 1000]],
    [
      "cast(a as string), cast(f as string), cast(n as string), cast(true as string)",
      ["1", "2.5", "1.50", "true"],
    ],
    [
      "cast(d as string), cast(dt as string), cast(bin as string)",
      ["2024-01-02 03:04:05", "2024-02-29", "ab"],
    ],
    ["cast('2024-01-02' as date), cast('nope' as date), cast(d as date)", ["2024-01-02", null, "2024-01-02"]],
    [
      "cast('2024-01-02 03:04:05' as datetime), cast(dt as datetime)",
      ["2024-01-02 03:04:05", "2024-02-29 00:00:00"],
    ],
    ["cast('1.239' as decimal(5,2)), cast('汉字' as binary)", ["1.24", "\\xE6\\xB1\\x89\\xE5\\xAD\\x97"]],
    ["cast('abcdef' as varchar(3)), cast(12345 as char(2))", ["abc", "12"]],
    ["cast(array('1','2') as array<bigint>)", [["1", "2"]]],
  ])("gives %s", async (list, row) => {
    expect(await first(list)).toEqual(row);
  });
});

describe("functions", () => {
  it.each<[string, unknown[]]>([
    [
      "getdate(), now(), current_timestamp(), current_date()",
      ["2024-05-06 07:08:09", "2024-05-06 07:08:09.123", "2024-05-06 07:08:09.123", "2024-05-06"],
    ],
    [
      "unix_timestamp(), unix_timestamp('1970-01-02 00:00:00'), from_unixtime(86400)",
      ["1714979289", "86400", "1970-01-02 00:00:00"],
    ],
    [
      "to_date('20240102', 'yyyymmdd'), to_date('2024-01-02 03:04:05', 'yyyy-mm-dd hh:mi:ss'), to_date('2024-01-02')",
      ["2024-01-02 00:00:00", "2024-01-02 03:04:05", "2024-01-02"],
    ],
    [
      "to_char(d, 'yyyymmdd'), to_char(d, 'yyyy-mm-dd hh:mi:ss.ff3'), date_format(d, \"yyyy/MM/dd 'at' HH:mm\")",
      ["20240102", "2024-01-02 03:04:05.678", "2024/01/02 at 03:04"],
    ],
    [
      "dateadd(d, 1, 'dd'), dateadd(dt, -1, 'mm'), dateadd('2024-01-02 00:00:00', 1, 'hh')",
      ["2024-01-03 03:04:05.678", "2024-01-29", "2024-01-02 01:00:00"],
    ],
    [
      "datediff('2024-01-02', '2023-12-31'), datediff('2024-01-02 01:00:00', '2024-01-01 23:00:00', 'dd'), datediff(dt, '2023-01-01', 'mm')",
      ["2", "1", "13"],
    ],
    [
      "datepart(d, 'yyyy'), datepart(d, 'hh'), datetrunc(d, 'mm'), datetrunc(dt, 'yyyy')",
      ["2024", "3", "2024-01-01 00:00:00", "2024-01-01"],
    ],
    [
      "date_add(dt, 1), date_sub('2024-03-01', 1), add_months('2024-01-31', 1), last_day('2024-02-10')",
      ["2024-03-01", "2024-02-29", "2024-02-29", "2024-02-29"],
    ],
    ["year(d), month(d), day(d), hour(d), minute(d), second(d), quarter(d)", [2024, 1, 2, 3, 4, 5, 1]],
    [
      "weekday('2024-01-01'), dayofweek('2024-01-07'), weekofyear('2024-01-08'), dayofyear('2024-02-01')",
      ["0", 1, 2, 32],
    ],
    ["isdate('20240230', 'yyyymmdd'), isdate('20240229', 'yyyymmdd')", [false, true]],
    [
      "concat('a', 1, true), concat('a', null), concat_ws(',', 'a', null, 'b'), concat_ws('-', l), concat_ws(null, 'a')",
      ["a1true", null, "a,b", "p-q", null],
    ],
    [
      "length('汉字'), lengthb('汉字'), tolower('AB'), upper('ab'), reverse('abc')",
      ["2", "6", "ab", "AB", "cba"],
    ],
    [
      "substr('abcdef', 2, 3), substr('abc', 0, 2), substr('abc', -2), substring('abc', 2)",
      ["bc" + "d", "ab", "bc", "bc"],
    ],
    [
      "instr('banana', 'an'), instr('banana', 'an', 3), instr('banana', 'x'), locate('n', 'banana', 4)",
      ["2", "4", "0", "5"],
    ],
    [
      "split('a,b,c', ','), split_part('a-b-c', '-', 2), split_part('a-b-c-d', '-', 2, 3)",
      [["a", "b", "c"], "b", "b-c"],
    ],
    [
      "substring_index('a.b.c', '.', 2), substring_index('a.b.c', '.', -1), replace('aXa', 'X', '-')",
      ["a.b", "c", "a-a"],
    ],
    [
      "regexp_extract('foo123', '([a-z]+)([0-9]+)'), regexp_extract('foo123', '([a-z]+)([0-9]+)', 2), regexp_replace('a1b22', '[0-9]+', '#'), regexp_count('abab', 'a')",
      ["foo", "123", "a#b#", "2"],
    ],
    [
      "lpad('7', 3, '0'), rpad('7', 3, '0'), trim('  a '), ltrim('xxa', 'x'), repeat('ab', 2), space(2)",
      ["007", "700", "a", "a", "abab", "  "],
    ],
    [
      "md5('a'), base64('ab'), hex('ab'), hex(255), cast(unhex('6162') as string), chr(65), ascii('A')",
      ["0cc175b9c0f1b6a831c399e269772661", "YWI=", "6162", "FF", "ab", "A", "65"],
    ],
    ["get_json_object('{\"a\":{\"b\":[1,2]}}', '$.a.b[1]'), url_encode('a b')", ["2", "a%20b"]],
    [
      "abs(-3), abs('-3'), ceil(1.2), floor(-1.2), round(1.256, 2), trunc(1.99), trunc(1.259, 2)",
      [3, 3, "2", "-2", 1.26, 1, 1.25],
    ],
    [
      "sqrt(4), sqrt(-1), ln(0), log(2, 8), pow(2, 10), sign(-2), mod(7, 3), pmod(-7, 3)",
      [2, null, null, 3, 1024, -1, 1, 2],
    ],
    ["greatest(1, 3, 2), greatest(1, null), least(3, 1), shiftleft(1, 4), bin(5)", [3, null, 1, 16, "101"]],
    [
      "if(a = 1, 'one', 'two'), nvl(null, 'x'), nvl2(a, 1, 2), coalesce(null, null, 3), nullif(a, 1)",
      ["one", "x", 1, 3, null],
    ],
    ["decode(a, 1, 'one', 2, 'two', 'other'), decode(null, null, 'nothing')", ["one", "nothing"]],
    ["size(l), size(m), array_contains(l, 'p'), map_keys(m), map_values(m)", [2, 1, true, ["k"], ["7"]]],
    [
      "array(3, 1, 2), sort_array(array(3, 1, 2)), array_join(l, '+'), slice(array(1, 2, 3, 4), 2, 2), array_max(array(1, 5))",
      [[3, 1, 2], [1, 2, 3], "p+q", [2, 3], 5],
    ],
    [
      "acos(1), asin(0), atan(0), atan2(0, 1), cbrt(8), cos(0), cosh(0), cot(pi() / 4) > 0.99",
      [0, 0, 0, 0, 2, 1, 1, true],
    ],
    [
      "degrees(pi()), radians(180) = pi(), exp(0), log10(100), log2(8), sin(0), sinh(0), tan(0), tanh(0), e() > 2.7",
      [180, true, 1, 2, 3, 0, 0, 0, 0, true],
    ],
    [
      "factorial(5), isnan(1.0), negative(2), rand() < 1, shiftright(8, 1), length(uuid())",
      ["120", false, -2, true, 4, "36"],
    ],
    [
      "array_distinct(array(1, 1)), array_min(array(3, 1)), array_position(array(1, 2), 2), sequence(1, 3)",
      [[1], 1, "2", ["1", "2", "3"]],
    ],
    [
      "endswith('ab', 'b'), startswith('ab', 'b'), levenshtein('ab', 'b'), lower('A'), rtrim('a '), translate('abc', 'a', 'x')",
      [true, false, "1", "a", "a", "xbc"],
    ],
    [
      "sha1('a'), to_json(array(1)), cast(unbase64('YWI=') as string), url_decode('a%20b')",
      ["86f7e437faa5a7fce15d1ddcb9eaeaea377667b8", "[1]", "ab", "a b"],
    ],
    [
      "round(2.5BD), abs(n), ceil(n), floor(n), trunc(n, 1), mod(n, 1), n + 1, n * n, - n",
      ["3", "1.50", "2", "1", "1.5", "0.50", "2.50", "2.2500", "-1.50"],
    ],
    [
      "map('a', 1, 'b', 2), named_struct('x', 1, 'y', 'z'), struct(1, 'a')",
      [
        [
          { key: "a", value: 1 },
          { key: "b", value: 2 },
        ],
        { x: 1, y: "z" },
        { col1: 1, col2: "a" },
      ],
    ],
  ])("gives %s", async (list, row) => {
    expect(await first(list)).toEqual(row);
  });
});

describe("aggregates and windows", () => {
  it("aggregates", async () => {
    const list =
      "count(*), count(b), count(distinct a, b), sum(a), sum(n), avg(a), min(b), collect_list(b), wm_concat('-', pt), " +
      "median(a), stddev(a), max_by(pt, a), count_if(a > 1), sum(a) filter (where a > 1)";
    expect(await one(list, "from t")).toEqual([
      ...["2", "1", "1", "3", "1.50", 1.5, "x", ["x"], "20240101-20240102", 1.5, 0.5, "20240102", "1", "2"],
    ]);
  });

  it("measures", async () => {
    const list =
      "any_value(pt), approx_distinct(a), arg_max(a, pt), arg_min(a, pt), min_by(pt, a), collect_set(b), " +
      "corr(a, a), covar_pop(a, a), covar_samp(a, a), percentile(a, 0.5), percentile_approx(a, 0.5), " +
      "stddev_samp(a), var_samp(a), variance(a), max(b), collect_list(m)";
    expect(await one(list, "from t where a = 2")).toEqual([
      ...["20240102", "1", "20240102", "20240102", "20240102", []],
      ...["NaN", 0, null, 2, 2],
      ...[null, null, 0, null, []],
    ]);
    expect(
      await one("sum('3'), avg('4'), sum(f), sum(n), count(*), collect_list(a)", "from t where a > 9"),
    ).toEqual([...[null, null, null, null, "0", []]]);
  });

  it("groups by keys, rollups and sets", async () => {
    expect(
      (await session.query("select pt, count(*) c from t group by pt having c > 0 order by pt desc")).rows,
    ).toEqual([
      ["20240102", "1"],
      ["20240101", "1"],
    ]);
    expect(
      (await session.query("select pt, count(*) from t group by pt with rollup order by pt")).rows,
    ).toEqual([
      [null, "2"],
      ["20240101", "1"],
      ["20240102", "1"],
    ]);
    expect(
      (
        await session.query(
          "select a, pt, count(*) from t group by a, pt grouping sets ((a), (pt)) order by a, pt",
        )
      ).rows,
    ).toEqual([
      [null, "20240101", "1"],
      [null, "20240102", "1"],
      ["1", null, "1"],
      ["2", null, "1"],
    ]);
  });

  it("numbers and sums over windows", async () => {
    const sql =
      "select a, row_number() over (partition by 1 order by a desc) r, lag(a, 1, 0L) over w, " +
      "sum(a) over (order by a rows between unbounded preceding and current row) from t window w as (order by a) order by a";
    expect((await session.query(sql)).rows).toEqual([
      ["1", "2", "0", "1"],
      ["2", "1", "1", "3"],
    ]);
    expect(
      (await session.query("select a from t qualify row_number() over (order by a desc) = 1")).rows,
    ).toEqual([["2"]]);
  });

  it("ranks", async () => {
    const list =
      "cume_dist() over w, dense_rank() over w, first_value(a) over w, last_value(a) over w, lead(a) over w, " +
      "nth_value(a, 1) over w, ntile(2) over w, percent_rank() over w, rank() over w, grouping(a)";
    expect(
      (await session.query(`select ${list} from t group by a window w as (order by a) order by a`)).rows,
    ).toEqual([
      [0.5, "1", "1", "1", "2", "1", "1", 0, "1", "0"],
      [1, "2", "1", "2", null, "1", "2", 1, "2", "0"],
    ]);
  });
});

describe("tables", () => {
  it.each<[string, unknown[][]]>([
    ["select t.a, u.c from t join u on t.a = u.a", [["1", "one"]]],
    [
      "select t.a, u.c from t left join u on t.a = u.a order by t.a",
      [
        ["1", "one"],
        ["2", null],
      ],
    ],
    [
      "select a, c from t full outer join u using (a) order by a",
      [
        ["1", "one"],
        ["2", null],
        ["3", "three"],
      ],
    ],
    ["select x.a from t x left semi join u y on x.a = y.a", [["1"]]],
    ["select a from t left anti join u using (a)", [["2"]]],
    ["select a, c from t natural join u", [["1", "one"]]],
    ["select count(*) from t, u", [["4"]]],
    ["select p.t.a from p.t order by a limit 1", [["1"]]],
    [
      "select q.* from (select a, c from u) q order by a desc",
      [
        ["3", "three"],
        ["1", "one"],
      ],
    ],
    ["select * from (t join u on t.a = u.a) where c = 'x'", []],
    ["with x as (select a from t), y(b) as (select a from x where a > 1) select b from y", [["2"]]],
    [
      "select * from values (1, 'a'), (2, null) v(n, s) order by n desc",
      [
        [2, null],
        [1, "a"],
      ],
    ],
    [
      "values (1, 2), (3, 4)",
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ["select a from t union all select a from u order by a desc limit 2", [["3"], ["2"]]],
    ["select a from t union select a from u order by a limit 1, 2", [["2"], ["3"]]],
    ["select a from t intersect select a from u", [["1"]]],
    ["select a from t minus select a from u", [["2"]]],
    ["(select 1) union all (select 2 order by 1 limit 1)", [[1], [2]]],
    ["select (select max(c) from u where u.a = t.a) from t order by t.a", [["one"], [null]]],
    ["select a from t where exists (select 1 from u where u.a = t.a)", [["1"]]],
    ["select a from t where a in (select a from u)", [["1"]]],
    ["select e.v from t lateral view explode(l) e as v", [["p"], ["q"]]],
    [
      "select a, k, v from t lateral view outer explode(m) q as k, v order by a",
      [
        ["1", "k", "7"],
        ["2", null, null],
      ],
    ],
    [
      "select i, v from t lateral view posexplode(l) q as i, v",
      [
        ["0", "p"],
        ["1", "q"],
      ],
    ],
    ["select distinct 1 from t", [[1]]],
  ])("answers %s", async (sql, rows) => {
    expect((await session.query(sql)).rows).toEqual(rows);
  });

  it("puts NULL before everything, unless told otherwise", async () => {
    const order = async (by: string): Promise<unknown> =>
      (await session.query(`select a from t order by ${by}`)).rows.map(([a]) => a);
    expect(await order("b")).toEqual(["2", "1"]);
    expect(await order("b desc")).toEqual(["1", "2"]);
    expect(await order("b nulls last")).toEqual(["1", "2"]);
  });

  it("sorts by a name of the select list before one of the table", async () => {
    expect((await session.query("select -a as a from t order by a")).rows).toEqual([["-2"], ["-1"]]);
  });

  it("reads conditions of any length", async () => {
    const many = Array.from({ length: 5000 }, (_, index) => `a = ${index}`).join(" or ");
    expect((await session.query(`select a from t where ${many} order by a`)).rows).toEqual([["1"], ["2"]]);
  });
});

describe("names", () => {
  it("keeps whatever stands between quotes inside them", async () => {
    const { rows, columns } = await session.query(
      "select 'x'';drop' as `a\"b``; drop table t --`, q.`c \"d` from (select 1 as `c \"d`) q",
    );
    expect(rows).toEqual([["x;drop", 1]]);
    expect(columns).toEqual(['a"b`; drop table t -- string', 'c "d int']);
  });

  it.each([
    ["select nope from t", "ODPS-0130071:[1,8] Semantic analysis exception - column nope cannot be resolved"],
    [
      "select t.nope\nfrom t",
      "ODPS-0130071:[1,8] Semantic analysis exception - column t.nope cannot be resolved",
    ],
    [
      "select a from t join u on true",
      "ODPS-0130071:[1,8] Semantic analysis exception - column a is ambiguous",
    ],
    ["select z.* from t", "ODPS-0130071:[1,8] Semantic analysis exception - table z cannot be resolved"],
    ["select *", "ODPS-0130071:[1,8] Semantic analysis exception - a table for * cannot be resolved"],
    [
      "select foo(1)",
      "ODPS-0130071:[1,8] Semantic analysis exception - function or view 'foo' cannot be resolved",
    ],
    [
      "select read_text('/etc/passwd')",
      "ODPS-0130071:[1,8] Semantic analysis exception - function or view 'read_text' cannot be resolved",
    ],
    [
      "select getenv('HOME')",
      "ODPS-0130071:[1,8] Semantic analysis exception - function or view 'getenv' cannot be resolved",
    ],
    [
      "select * from read_csv('/etc/passwd')",
      "ODPS-0130161:[1,23] Parse exception - a table function in FROM is not supported",
    ],
    [
      "select * from '/etc/passwd'",
      "ODPS-0130161:[1,15] Parse exception - invalid token string '/etc/passwd', expected a table name",
    ],
    [
      "select substr('a')",
      "ODPS-0130071:[1,8] Semantic analysis exception - function substr needs 2 to 3 arguments, got 1",
    ],
    [
      "select row_number()",
      "ODPS-0130071:[1,8] Semantic analysis exception - function row_number needs OVER",
    ],
    [
      "select upper(distinct 'a')",
      "ODPS-0130071:[1,8] Semantic analysis exception - function upper is no aggregate",
    ],
    [
      "select dateadd('2024-01-01', 1, 'eon')",
      "ODPS-0130071:[1,8] Semantic analysis exception - dateadd knows no unit 'eon', expected one of yyyy, mm, dd, hh, mi, ss, ff3",
    ],
    [
      "select to_date(b, b) from t",
      "ODPS-0130161:[1,8] Parse exception - to_date with an argument 2 that is not a constant text is not supported",
    ],
    [
      "select interval '1-x' year to month",
      "ODPS-0130071:[1,8] Semantic analysis exception - expected the text of an interval of YEAR TO MONTH",
    ],
    [
      "select date 'tomorrow'",
      "ODPS-0130071:[1,8] Semantic analysis exception - expected the text of a date, got 'tomorrow'",
    ],
    ["select x'4'", "ODPS-0130071:[1,8] Semantic analysis exception - expected pairs of hexadecimal digits"],
    [
      "values (1), (1, 2)",
      "ODPS-0130071:[1,13] Semantic analysis exception - expected 1 values as in the first row, got 2",
    ],
    [
      "select transform(a) using 'x' from t",
      "ODPS-0130161:[1,8] Parse exception - SELECT TRANSFORM is not supported",
    ],
    [
      "select v from t lateral view explode(l) q as v, w",
      "ODPS-0130071:[1,30] Semantic analysis exception - explode gives 1 columns, got 2 names",
    ],
  ])("answers %s", (sql, message) => {
    expect(() => session.translate(sql)).toThrow(message);
  });

  it("bounds what grows when it is written out", () => {
    const nested = `select ${"greatest(1, ".repeat(60)}2${")".repeat(60)}`;
    expect(() => session.translate(nested)).toThrow(
      "the query is too long once its functions are written out",
    );
  });
});

describe("the functions on offer", () => {
  it("have all been called", () => {
    const called = new Set(session.queries.join(" ").match(/\b\w+(?=\()/g));
    const offered = [
      textFunctions,
      timeFunctions,
      numberFunctions,
      otherFunctions,
      aggregateFunctions,
    ].flatMap((functions) => [...functions.keys()]);
    expect(offered.filter((name) => !called.has(name))).toEqual([]);
    expect(offered.length).toBe(new Set(offered).size);
  });
});
