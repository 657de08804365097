/**
 * The stores in PostgreSQL: steps, their payloads, artifact records, keys, and their deletion. The
 * only package that knows SQL, the driver, the pools and the migrations. Implements the interfaces
 * that {@code stores} lists.
 *
 * <p>Migrations make the indexes; {@code StepIndex} chooses the one that a list is read from, and
 * {@code SelectStepPage} reads its ranges.
 */
package dev.workflowsteps.server.postgres;
