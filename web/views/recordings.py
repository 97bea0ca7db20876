from flask import Blueprint

blueprint = Blueprint("recordings", __name__)
