/**
 * The embedded PostgreSQL: its binaries, its data directory and who owns that, the account it runs
 * as, and its process. Knows nothing of what is stored; its only SQL creates the empty database.
 * Imports {@code config} alone; the composition roots import it.
 */
package dev.workflowsteps.server.embedded;
