/**
 * The stores in PostgreSQL: steps, their payloads, artifact records, keys, and their deletion. The
 * only package that knows SQL, the driver, the pools and the migrations. Implements the interfaces
 * that {@code stores} lists.
 */
package dev.workflowsteps.server.postgres;
