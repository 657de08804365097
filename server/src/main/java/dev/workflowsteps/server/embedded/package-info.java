/**
 * The embedded PostgreSQL: its binaries, its data directory and the owner of it, the account it
 * runs as and its process. Knows nothing of what is stored, and speaks no SQL but the few lines
 * that make the empty database. The composition roots import it; it imports {@code config} alone.
 */
package dev.workflowsteps.server.embedded;
