from flask import Blueprint

blueprint = Blueprint("api_published", __name__)
