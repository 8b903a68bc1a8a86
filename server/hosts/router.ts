import type { FunctionModule } from './host.ts';

export interface Route {
  readonly module: FunctionModule;
  readonly params: Record<string, string>;
}

interface Pattern {
  readonly module: FunctionModule;
  readonly expression: RegExp;
}

export type Router = (pathname: string) => Route | undefined;

/**
 * Makes the router of a host from the `config.path` of its functions: literal paths with `:name` for one segment or part of
 * it, as Netlify reads them, a slash at the end being allowed. The first function that fits has the request.
 */
export function createRouter(modules: readonly FunctionModule[]): Router {
  const patterns = modules.flatMap((module) => {
    const { path } = module.config;
    const paths = path === undefined ? [] : typeof path === 'string' ? [path] : path;
    return paths.map((each): Pattern => ({ module, expression: compile(each) }));
  });
  return (pathname) => {
    for (const { module, expression } of patterns) {
      const match = expression.exec(pathname);
      if (match) return { module, params: decodeAll(match.groups ?? {}) };
    }
    return undefined;
  };
}

function compile(path: string): RegExp {
  const source = path
    .split(/(:[A-Za-z_]\w*)/)
    .map((part) => (part.startsWith(':') ? `(?<${part.slice(1)}>[^/]+?)` : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('');
  return new RegExp(`^${source}/?$`);
}

/** A part that is no valid percent-encoding stays as it came: the route will not find it. */
function decodeAll(groups: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(groups).map(([name, value]) => {
      try {
        return [name, decodeURIComponent(value)];
      } catch {
        return [name, value];
      }
    }),
  );
}
