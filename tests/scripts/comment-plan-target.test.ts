import { describe, expect, test } from 'vitest';
import { readTarget } from '../../scripts/comment-plan-target.ts';

const read = (REPOSITORY_URL: string, more: Record<string, string> = { POSTERN_GITHUB_TOKEN: 'secret' }) =>
  readTarget({ REPOSITORY_URL, REVIEW_ID: '12', ...more });

describe('the repository', () => {
  test.each([
    ['https://github.com/mara/blog'],
    ['https://github.com/mara/blog.git'],
    ['https://x-access-token:v1.other@github.com/mara/blog'],
    ['git@github.com:mara/blog.git'],
    ['ssh://git@github.com:22/mara/blog.git'],
  ])('%s', (address) => {
    const found = read(address);
    if (found.kind !== 'target') throw new Error(JSON.stringify(found));
    const { target } = found;
    expect(target.comments).toBe('https://api.github.com/repos/mara/blog/issues/12/comments');
    expect(target.comment(3)).toBe('https://api.github.com/repos/mara/blog/issues/comments/3');
    expect(target.name).toBe('pull request 12 of mara/blog');
    expect(JSON.stringify(target)).not.toContain('v1.other');
  });

  test('of GitLab, in a group', () => {
    const found = read('git@gitlab.com:group/sub/blog.git', { GITLAB_TOKEN: 'secret' });
    expect(found).toMatchObject({
      target: {
        comments: 'https://gitlab.com/api/v4/projects/group%2Fsub%2Fblog/merge_requests/12/notes',
        headers: { 'private-token': 'secret' },
        updateMethod: 'PUT',
      },
    });
  });

  test('of a host of one’s own', () => {
    expect(read('https://git.example/mara/blog')).toMatchObject({ target: { me: 'https://git.example/api/v3/user' } });
    expect(read('https://gitlab.example:8443/a/b', { POSTERN_GITLAB_TOKEN: 's' })).toMatchObject({
      target: { me: 'https://gitlab.example:8443/api/v4/user' },
    });
  });

  test.each([
    [''],
    ['blog'],
    ['/srv/git/blog'],
    ['https://github.com/'],
    ['https://github.com/mara/../../user'],
    ['file:///x/y'],
    ['https://github.com/mara/bl og'],
  ])('"%s" is none', (address) => {
    expect(read(address)).toMatchObject({ kind: 'unusable', reason: expect.stringContaining('REPOSITORY_URL') });
  });
});

describe('the token', () => {
  test('none, or no review → nothing is posted, and nothing said', () => {
    expect(read('https://github.com/mara/blog', {})).toEqual({ kind: 'none' });
    expect(read('https://github.com/mara/blog', { GITHUB_TOKEN: 's', REVIEW_ID: '' })).toEqual({ kind: 'none' });
  });

  test('one that was set for something else goes to no other host', () => {
    for (const host of ['git.example', 'bitbucket.org', 'github.com.example', 'gitlab.com', 'gitlab.example'])
      expect(read(`https://${host}/mara/blog`, { GITHUB_TOKEN: 's' }).kind).toBe('unusable');
    for (const host of ['git.example', 'gitlab.example', 'github.com'])
      expect(read(`https://${host}/mara/blog`, { GITLAB_TOKEN: 's' }).kind).toBe('unusable');
    expect(read('https://gitlab.com/mara/blog', { POSTERN_GITHUB_TOKEN: 's' }).kind).toBe('unusable');
  });

  test('of the two of a host, the one for Postern', () => {
    expect(read('https://github.com/mara/blog', { GITHUB_TOKEN: 'a', POSTERN_GITHUB_TOKEN: 'b' })).toMatchObject({
      target: { headers: { authorization: 'Bearer b' } },
    });
  });

  test('one with a line end is no header', () => {
    expect(read('https://github.com/mara/blog', { GITHUB_TOKEN: 'a\nb' })).toMatchObject({ kind: 'unusable' });
  });
});

test.each([['x'], ['0'], ['1/../2'], ['-1']])('a review "%s" is none', (REVIEW_ID) => {
  expect(read('https://github.com/mara/blog', { GITHUB_TOKEN: 's', REVIEW_ID })).toMatchObject({ kind: 'unusable' });
});
