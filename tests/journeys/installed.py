"""What journeys know of a device that keeps pages: whether it does, and what it holds."""

from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.waiting import until

IS_KEPT = """
async (path) => {
  const names = (await caches.keys()).filter((name) => name.startsWith("alongside-pages-"));
  const open = await Promise.all(names.map((name) => caches.open(name)));
  const found = await Promise.all(open.map((cache) => cache.match(path, { ignoreVary: true })));
  return found.some(Boolean);
}
"""


def path_of(address: str) -> str:
    return urlsplit(address).path


def is_kept(page: Page, path: str) -> bool:
    return bool(page.evaluate(IS_KEPT, path))


def install(page: Page) -> None:
    """Wait until this device could open the page that is shown without a network."""
    page.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")
    until(lambda: is_kept(page, path_of(page.url)), seconds=20)
