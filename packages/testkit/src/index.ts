export { atOnce } from "./at-once.ts";
export { type BreakingProxy, startBreakingProxy, type Treatment } from "./breaking-proxy.ts";
export { type Loopback, listenOnLoopback } from "./loopback.ts";
export { type ImportMap, importMapOf, importsOf, type Platform } from "./platform-imports.ts";
export { type Printed, runFirstExample, typeStripping } from "./readme-example.ts";
export { rejection } from "./rejection.ts";
export {
  type Answer,
  hangUp,
  inTurn,
  json,
  type ScriptedServer,
  type SeenRequest,
  serve,
  text,
} from "./scripted-server.ts";
export { type FoundSecret, SecretSearch } from "./secret-watch/secret-search.ts";
export { type SecretWatch, secretWatch } from "./secret-watch/watch.ts";
export { watched } from "./secret-watch/watched.ts";
export { type Direction, type Mishap, type MishapEffect, startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";
