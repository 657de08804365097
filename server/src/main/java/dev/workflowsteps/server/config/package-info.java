/**
 * The settings: their definitions and sources, and how a start fails. Imports nothing of the
 * project but {@code contract}; every package that wires or starts something may import it.
 */
package dev.workflowsteps.server.config;
