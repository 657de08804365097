/**
 * The settings record, its definition and its sources, and how a start fails. Imports nothing of
 * the project but {@code steps.Suggestion}; every package that wires or starts something may import
 * it.
 */
package dev.workflowsteps.server.config;
