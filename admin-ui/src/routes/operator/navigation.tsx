import { NavLink, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import classes from '../shell/shell.module.css';

/** How Mantine's NavLink marks itself; the router knows when. */
const ACTIVE = { 'data-active': true };

export function OperatorNavigation() {
  const words = useWords();
  return (
    <nav aria-label={words.app.navigation}>
      <Text size="sm" c="dimmed" px="sm" pb="xs">
        {words.operator.title}
      </Text>
      <NavLink
        className={classes.link}
        renderRoot={(props) => <Link to="/operator/tenants" search={{}} activeProps={ACTIVE} {...props} />}
        label={words.operator.tenants.title}
        leftSection={<Icon name="house" />}
      />
      <NavLink
        className={classes.link}
        renderRoot={(props) => <Link to="/operator/sites" search={{}} activeProps={ACTIVE} {...props} />}
        label={words.operator.sites.title}
        leftSection={<Icon name="globe" />}
      />
      <NavLink
        className={classes.link}
        renderRoot={(props) => <Link to="/operator/accounts" search={{}} activeProps={ACTIVE} {...props} />}
        label={words.operator.accounts.title}
        leftSection={<Icon name="people" />}
      />
      <NavLink
        className={classes.link}
        renderRoot={(props) => <Link to="/operator/plans" activeProps={ACTIVE} {...props} />}
        label={words.operator.plans.title}
        leftSection={<Icon name="page" />}
      />
      <NavLink
        className={classes.link}
        renderRoot={(props) => <Link to="/operator/bounds" activeProps={ACTIVE} {...props} />}
        label={words.operator.bounds.title}
        leftSection={<Icon name="lock" />}
      />
      <NavLink
        className={classes.link}
        renderRoot={(props) => <Link to="/operator/announcements" activeProps={ACTIVE} {...props} />}
        label={words.operator.announcements.title}
        leftSection={<Icon name="flag" />}
      />
      <NavLink
        className={classes.link}
        renderRoot={(props) => <Link to="/operator/jobs" search={{}} activeProps={ACTIVE} {...props} />}
        label={words.operator.jobs.title}
        leftSection={<Icon name="reload" />}
      />
      <NavLink
        className={classes.link}
        renderRoot={(props) => <Link to="/operator/mail" activeProps={ACTIVE} {...props} />}
        label={words.operator.mail.title}
        leftSection={<Icon name="talk" />}
      />
      <NavLink
        className={classes.link}
        renderRoot={(props) => <Link to="/operator/config" activeProps={ACTIVE} {...props} />}
        label={words.operator.config.title}
        leftSection={<Icon name="info" />}
      />
    </nav>
  );
}
