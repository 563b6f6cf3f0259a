/** Memory that is left to the system and to the load agent. */
export const RESERVED_BYTES = 512 * 1024 ** 2
export const AGENT_MEMORY_BYTES = 768 * 1024 ** 2
