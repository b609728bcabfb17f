// Counters put into AssemblyScript sources: exact counts of statements and branches, through the compiler's own parser.
import * as assemblyscript from "assemblyscript";
import { COUNTERS } from "./counters.mjs";

const { NodeKind, Node, Token } = assemblyscript;

/**
 * A source with counters in it, every statement on the line it was on.
 *
 * `statements` are { line, counter }; `branches` { line, kind, arms: counters }, `functions` { name, line, counter }; a counter
 * counts how often its place was reached. Statements that always run one after the other share one. What is outside functions
 * is constant, and not counted. `number` gives the next counter.
 */
export function instrument(path, text, number) {
  const program = assemblyscript.newProgram(assemblyscript.newOptions());
  assemblyscript.parse(program, text, path, true);
  const fault = assemblyscript.nextDiagnostic(program);
  if (fault) throw new Error(`${path}: ${assemblyscript.formatDiagnostic(fault)}`);
  const source = program.sources.find(({ normalizedPath }) => normalizedPath === path);
  const lineOf = lines(text);
  const counters = [];
  const insertions = [];
  const [statements, branches, functions] = [[], [], []];

  const counter = () => {
    const id = number();
    counters.push(id);
    return id;
  };
  const insert = (at, what) => insertions.push({ at, what });
  const count = (id) => `++counter${id};`;

  /** Where a statement ends, its semicolon included. */
  const endOf = ({ range }) => {
    const rest = /^\s*;/.exec(text.slice(range.end));
    return range.end + (rest === null || text[range.end - 1] === ";" ? 0 : rest[0].length);
  };

  /** The statements of a block, and the counter of reaching its beginning. `entry` stands in front of an empty one. */
  function list(nodes, entry) {
    let id = null;
    let first = null;
    for (const node of nodes) {
      if (id === null) {
        id = counter();
        first ??= id;
        insert(node.range.start, count(id));
      }
      statement(node, id);
      if (mayLeave(node)) id = null;
    }
    if (first === null) {
      first = counter();
      insert(entry, count(first));
    }
    return first;
  }

  /** What an `if` or a loop runs, in braces of its own where it has none. */
  function body(node) {
    if (node.kind === NodeKind.Block) return list(node.statements, node.range.start + 1);
    insert(node.range.start, "{");
    const id = list([node], node.range.start);
    insert(endOf(node), "}");
    return id;
  }

  function statement(node, id) {
    const line = lineOf(node.range.start);
    if (node.kind !== NodeKind.Block && node.kind !== NodeKind.Empty) statements.push({ line, counter: id });
    switch (node.kind) {
      case NodeKind.Block:
        list(node.statements, node.range.start + 1);
        return;
      case NodeKind.If: {
        expression(node.condition);
        const arms = [body(node.ifTrue)];
        if (node.ifFalse) arms.push(body(node.ifFalse));
        else {
          const other = counter();
          insert(endOf(node.ifTrue), ` else {${count(other)}}`);
          arms.push(other);
        }
        branches.push({ line, kind: "if", arms });
        return;
      }
      case NodeKind.For:
        if (node.initializer) inner(node.initializer);
        if (node.condition) expression(node.condition);
        if (node.incrementor) expression(node.incrementor);
        body(node.body);
        return;
      case NodeKind.While:
      case NodeKind.Do:
        expression(node.condition);
        body(node.body);
        return;
      case NodeKind.Switch: {
        expression(node.condition);
        const arms = node.cases
          .filter((one) => one.statements.length > 0)
          .map((one) => list(one.statements, one.range.start));
        branches.push({ line, kind: "switch", arms });
        return;
      }
      case NodeKind.Expression:
      case NodeKind.Return:
      case NodeKind.Variable:
      case NodeKind.Void:
        inner(node);
        return;
      case NodeKind.Break:
      case NodeKind.Continue:
      case NodeKind.Empty:
        return;
      default:
        throw new Error(`${path}:${line}: no counters are defined in a statement of kind ${NodeKind[node.kind]}`);
    }
  }

  /** The branches inside an expression. */
  function expression(node) {
    if (node.kind === NodeKind.Ternary) {
      const arms = [node.ifThen, node.ifElse].map((arm) => guarded(arm));
      branches.push({ line: lineOf(node.range.start), kind: "?:", arms });
      expression(node.condition);
    } else if (
      node.kind === NodeKind.Binary &&
      (node.operator === Token.Ampersand_Ampersand || node.operator === Token.Bar_Bar)
    ) {
      expression(node.left);
      const kind = node.operator === Token.Bar_Bar ? "||" : "&&";
      branches.push({ line: lineOf(node.right.range.start), kind, arms: [guarded(node.right)] });
    } else if (node.kind === NodeKind.Function) {
      throw new Error(`${path}:${lineOf(node.range.start)}: no counters are defined in a function expression`);
    } else inner(node);
  }

  /** An expression that a branch may pass over, with a counter in front. */
  function guarded(node) {
    const id = counter();
    insert(node.range.start, `(++counter${id}, `);
    expression(node);
    insert(node.range.end, ")");
    return id;
  }

  /** Every expression in a node that is none itself. */
  function inner(node) {
    for (const [key, value] of Object.entries(node)) {
      if (key === "range") continue;
      for (const one of Array.isArray(value) ? value : [value]) if (one instanceof Node) expression(one);
    }
  }

  for (const node of source.statements) {
    if (node.kind !== NodeKind.FunctionDeclaration || !node.body) {
      if (/Class|Namespace/.test(NodeKind[node.kind]))
        throw new Error(`${path}:${lineOf(node.range.start)}: no counters are defined in a ${NodeKind[node.kind]}`);
      continue;
    }
    const line = lineOf(node.range.start);
    const id = list(node.body.statements, node.body.range.start + 1);
    functions.push({ name: node.name.text, line, counter: id });
  }
  const declared = counters.map((id) => ` @external("${COUNTERS}", "${id}") declare let counter${id}: i64;`);
  return { text: spliced(text, insertions) + declared.join(""), statements, branches, functions };
}

/** Whether what stands behind a statement may not be reached though the statement was: it returns, or leaves a loop. */
function mayLeave(node) {
  if ([NodeKind.Return, NodeKind.Break, NodeKind.Continue].includes(node.kind)) return true;
  return Object.entries(node).some(([key, value]) => {
    if (key === "range") return false;
    return (Array.isArray(value) ? value : [value]).some((one) => one instanceof Node && mayLeave(one));
  });
}

/** `text` with all insertions made: those at one place in the order in which they were asked for. */
function spliced(text, insertions) {
  let out = "";
  let from = 0;
  for (const { at, what } of insertions.toSorted((a, b) => a.at - b.at)) {
    out += text.slice(from, at) + what;
    from = at;
  }
  return out + text.slice(from);
}

/** A function from an offset to its line, counted from 1. */
function lines(text) {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
