"""Addresses are read off the status of what exposes a release."""

from onestack.addresses import Address, of_object


def test_an_ingress_answers_at_its_hosts_and_says_which_are_secure() -> None:
    ingress = {
        "kind": "Ingress",
        "metadata": {"namespace": "shop", "name": "web"},
        "spec": {
            "tls": [{"hosts": ["a.example.com"]}],
            "rules": [{"host": "a.example.com"}, {"host": "b.example.com"}],
        },
        "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}},
    }
    assert list(of_object(ingress)) == [
        Address("Ingress", "shop/web", "https://a.example.com/", "192.0.2.1"),
        Address("Ingress", "shop/web", "http://b.example.com/", "192.0.2.1"),
    ]


def test_a_load_balancer_answers_at_each_port() -> None:
    service = {
        "kind": "Service",
        "metadata": {"namespace": "shop", "name": "web"},
        "spec": {"ports": [{"port": 80}, {"port": 443}]},
        "status": {"loadBalancer": {"ingress": [{"hostname": "lb.example.com"}]}},
    }
    assert [one.url for one in of_object(service)] == ["lb.example.com:80", "lb.example.com:443"]


def test_without_an_address_yet_there_is_none() -> None:
    assert (
        list(of_object({"kind": "Ingress", "metadata": {"namespace": "a", "name": "b"}, "status": {}})) == []
    )
