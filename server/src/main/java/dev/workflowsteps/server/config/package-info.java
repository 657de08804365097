/**
 * The settings, and how a start fails. {@code Setting} defines each of them, with its default and
 * the commands that use it; {@code ValueType} reads their texts; {@code Settings} are the values of
 * one start.
 *
 * <p>Imports nothing of the project but {@code contract}; every package that wires or starts
 * something may import it.
 */
package dev.workflowsteps.server.config;
