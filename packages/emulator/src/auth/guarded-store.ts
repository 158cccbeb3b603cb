import type { Change } from "../storage/change.ts";
import type { Project, State } from "../storage/state.ts";
import type { Store } from "../storage/store.ts";
import type { Identity } from "./authenticate.ts";
import { requirePermission } from "./permissions.ts";

/**
 * The store as far as somebody may use it: SQL names tables of any project, so its rights are checked where a
 * project is looked up, and where a change is handed in.
 */
export function guardedStore(store: Store, identity: Identity): Store {
  const state: State = { ...store.state, projects: new GuardedProjects(store.state.projects, identity) };
  return {
    ...store,
    state,
    submit: async (change) => {
      for (const project of projectsChanged(change, store.state)) {
        requirePermission(identity, project, "write");
      }
      await store.submit(change);
    },
  };
}

/** Projects that can be looked up only by who may read them. */
class GuardedProjects extends Map<string, Project> {
  readonly #identity: Identity;

  constructor(projects: ReadonlyMap<string, Project>, identity: Identity) {
    super();
    this.#identity = identity;
    for (const [name, project] of projects) {
      this.set(name, project);
    }
  }

  override get(name: string): Project | undefined {
    requirePermission(this.#identity, name, "read");
    return super.get(name);
  }
}

function projectsChanged(change: Change, state: State): readonly string[] {
  const projects: (string | undefined)[] = [];
  if ("project" in change) {
    projects.push(change.project);
  }
  if (change.kind === "create-table") {
    projects.push(change.table.project);
  }
  if ("tableId" in change) {
    projects.push(state.tables.get(change.tableId)?.project);
  }
  return projects.filter((project) => project !== undefined);
}
