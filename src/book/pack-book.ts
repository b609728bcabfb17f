import {
  array,
  at,
  decimal,
  decimalIn,
  entries,
  finiteNumber,
  type Fields,
  instant,
  invalid,
  list,
  oneOf,
  optional,
  own,
  type Place,
  record,
  required,
  spell,
  text,
} from "../checks.js";
import { InvalidInputError } from "../errors.js";
import type { Market } from "../market/market.js";
import { Book } from "./columns.js";
import { type PoolNames, PoolReader } from "./pack-pool.js";
import { Feature, type FeatureName, type PackedBook, type Rejection, type Reported } from "./packed.js";

const DOCUMENT_KEYS = ["schema", "asOf", "accounts", "links", "transfers", "reported"];
const ACCOUNT_KEYS = ["id", "parent", "tags", "pools"];
const LINK_KEYS = ["from", "to", "kind", "limit", "rank"];
const TRANSFER_KEYS = ["asset", "quantity", "from", "to", "route", "sentAt", "state"];
const REPORTED_KEYS = ["pool", "asOf", "asset", "equity", "initial", "maintenance"];

/**
 * A book from an accounts document (MODEL: `margrave/accounts/1`), given as parsed JSON or as an object of the same shape.
 * Pure; one pool and a hundred thousand take the same path, at some hundred nanoseconds per holding.
 *
 * Borrow interest is simple, ACT/365, from `accruedTo` to the market's `asOf`, and a holding of its own. The locked part
 * of a balance is too. Positions in options, orders, links, transfers, raw integers and pool options are checked and set
 * their bit of `features`; option positions are then left out of the columns.
 *
 * @param options.onInvalid   "collect" leaves a pool that cannot be packed out and says so in `rejected`; a fault of the
 *                            document itself (account tree, duplicate pool ids, links, transfers, reported) throws even so
 * @throws InvalidInputError   naming the path, e.g. `accounts[1].pools[0].balances[2].quantity`
 */
export function packBook(
  document: unknown,
  market: Market,
  options: { readonly onInvalid?: "throw" | "collect" } = {},
): PackedBook {
  const given = record(options, "packBook", ["onInvalid"]);
  const onInvalid = optional(given, "onInvalid", "packBook", "throw", oneOf(["throw", "collect"]));
  const fields = record(document, "", DOCUMENT_KEYS);
  required(fields, "schema", "", oneOf(["margrave/accounts/1"]));
  required(fields, "asOf", "", instant);

  const accounts = readAccounts(own(fields, "accounts"));
  const reader = new PoolReader(market);
  const rows: PoolRow[] = [];
  const rejected: Rejection[] = [];
  // Every pool of the document, −1 where rejected: links may name it all the same.
  const pools = new Map<string, number>();
  for (const account of accounts) {
    const poolsPlace = at(account.place, "pools");
    for (const [i, value] of account.pools.entries()) {
      const place = at(poolsPlace, i);
      const id = idOf(value);
      if (id !== null && pools.has(id)) throw invalid(at(place, "id"), "an id that no pool before it has", id);
      if (market.assets.length === 0) {
        throw invalid("market.assets", "at least one asset where a book has pools", market.assets);
      }
      try {
        const names = reader.read(value, place);
        pools.set(names.id, rows.length);
        rows.push({ names, account: account.id, place, source: value });
      } catch (error) {
        if (onInvalid === "throw" || !(error instanceof InvalidInputError)) throw error;
        if (id !== null) pools.set(id, -1);
        rejected.push(Object.freeze({ pool: id ?? spell(place), path: error.path, reason: error.message }));
      }
    }
  }

  const asset = (value: unknown, place: Place): string => {
    const id = text(value, place);
    if (market.assetIndex(id) < 0) throw invalid(place, "the id of an asset of the market", id);
    return id;
  };
  const pool = (value: unknown, place: Place): string => {
    const id = text(value, place);
    if (!pools.has(id)) throw invalid(place, "the id of a pool of this book", id);
    return id;
  };
  const mark = (feature: FeatureName, place: Place, ...ids: string[]): void => {
    if (ids[0] === ids[1]) throw invalid(at(place, "to"), "another pool than from", ids[1]);
    for (const id of ids) {
      const index = pools.get(id) ?? -1;
      if (index >= 0) reader.mark(index, feature, place);
    }
  };
  optional(fields, "links", "", null, (value, place) =>
    list(value, place, (item, here) => {
      const link = record(item, here, LINK_KEYS);
      required(link, "kind", here, text);
      optional(link, "rank", here, 0, (rank, spot) => finiteNumber(rank, spot, { min: 0, whole: true }));
      optional(link, "limit", here, null, (limit, spot) => {
        const parts = record(limit, spot, ["asset", "quantity"]);
        required(parts, "asset", spot, asset);
        required(parts, "quantity", spot, decimalIn({ min: 0 }));
      });
      mark("links", here, required(link, "from", here, pool), required(link, "to", here, pool));
    }),
  );
  optional(fields, "transfers", "", null, (value, place) =>
    list(value, place, (item, here) => {
      const transfer = record(item, here, TRANSFER_KEYS);
      required(transfer, "asset", here, asset);
      required(transfer, "quantity", here, decimalIn({ above: 0 }));
      optional(transfer, "route", here, null, text);
      optional(transfer, "sentAt", here, null, instant);
      required(transfer, "state", here, text);
      mark("transfers", here, required(transfer, "from", here, pool), required(transfer, "to", here, pool));
    }),
  );
  const reported = optional(fields, "reported", "", [], (value, place) =>
    list(value, place, (item, here): Reported => {
      const entry = record(item, here, REPORTED_KEYS);
      return Object.freeze({
        pool: required(entry, "pool", here, pool),
        asOf: required(entry, "asOf", here, instant),
        asset: required(entry, "asset", here, asset),
        equity: optional(entry, "equity", here, null, decimal),
        initial: optional(entry, "initial", here, null, decimal),
        maintenance: optional(entry, "maintenance", here, null, decimal),
      });
    }),
  );

  const { positionIds, featurePlaces } = reader;
  const tree = new Map(accounts.map(({ id, parent, tags }) => [id, Object.freeze({ parent, tags })]));
  return new Book(market, reader.arrays(), {
    pool: (index) => {
      const row = rows[index];
      if (row === undefined) throw invalid("pool", `a row from 0 to ${rows.length - 1}`, index);
      return { ...row.names, account: row.account, path: spell(row.place) };
    },
    identity: (index) => {
      const row = rows[index];
      if (row === undefined) return "";
      const { id, venue, domain, rule } = row.names;
      return `${id}\0${row.account}\0${venue ?? ""}\0${domain ?? ""}\0${rule ?? ""}`;
    },
    source: (index) => rows[index]?.source ?? null,
    poolIndex: (id) => pools.get(id) ?? -1,
    featurePath: (index, feature) => spell(featurePlaces.get(index * 256 + Feature[feature]) ?? ""),
    positionId: (position) => positionIds[position] ?? null,
    accounts: () => tree,
    reported: Object.freeze(reported),
    rejected: Object.freeze(rejected),
    onInvalid,
  });
}

interface PoolRow {
  readonly names: PoolNames;
  readonly account: string;
  readonly place: Place;
  readonly source: unknown;
}

function idOf(pool: unknown): string | null {
  const id = typeof pool === "object" && pool !== null ? own(pool as Fields, "id") : null;
  return typeof id === "string" ? id : null;
}

interface Account {
  readonly id: string;
  readonly parent: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly pools: readonly unknown[];
  readonly place: Place;
}

/** The accounts, whose parents must all be there and lead to a root. */
function readAccounts(value: unknown): readonly Account[] {
  const byId = new Map<string, Account>();
  const accounts = list(value, "accounts", (item, place): Account => {
    const fields = record(item, place, ACCOUNT_KEYS);
    const account = {
      id: required(fields, "id", place, text),
      parent: optional(fields, "parent", place, null, text),
      tags: optional(fields, "tags", place, {}, readTags),
      pools: optional(fields, "pools", place, [], array),
      place,
    };
    if (byId.has(account.id)) throw invalid(at(place, "id"), "an id that no account before it has", account.id);
    byId.set(account.id, account);
    return account;
  });
  // Each account is walked once: a walk ends at a root or at an account that is known to lead to one.
  const rooted = new Set<string>();
  for (const account of accounts) {
    const walk = new Set<string>();
    for (let here = account; !rooted.has(here.id); ) {
      const place = at(here.place, "parent");
      if (walk.has(here.id))
        throw invalid(place, "an account whose parents lead to a root, not in a circle", here.parent);
      walk.add(here.id);
      if (here.parent === null) break;
      const parent = byId.get(here.parent);
      if (parent === undefined) throw invalid(place, "the id of an account of this document", here.parent);
      here = parent;
    }
    for (const id of walk) rooted.add(id);
  }
  return accounts;
}

function readTags(value: unknown, place: Place): Readonly<Record<string, string>> {
  return Object.freeze(Object.fromEntries(entries(value, place).map(([key, tag]) => [key, text(tag, at(place, key))])));
}
