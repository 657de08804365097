/**
 * Steps and keys in PostgreSQL: the only package that knows SQL, the driver, the pools and the
 * migrations. Implements the storage interfaces of {@code steps} and {@code auth}.
 */
package dev.workflowsteps.server.postgres;
