export { type AgentOptions, createAgent, type NodeAgent, type ProxySettings } from "./agent.ts";
